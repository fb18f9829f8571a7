"""Whoever draws or runs flows pays for no library before the node that needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("httpx", "httpcore", "jsonschema_rs", "rapidfuzz", "markdownify", "bs4", "jinja2",
         "shared.crm", "boto3")  # fmt: skip


def test_the_registry_imports_no_library_of_single_nodes():
    code = (
        "import sys; from shared.nodes import registry; from shared.nodes.forms import form_of\n"
        "for name in registry(): form_of(registry().get(name))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
