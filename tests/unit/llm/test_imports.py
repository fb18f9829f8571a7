"""Importing the package costs no import of the client."""

from __future__ import annotations

import subprocess
import sys

MODULES = """
budget chat language_models metered openai_model patience port prices provider providers responses
schemas settings tenant_providers tools
"""


def test_the_client_is_imported_at_the_first_call_alone():
    names = ", ".join(f"shared.llm.{name}" for name in MODULES.split())
    code = (
        f"import sys, shared.llm, {names}\n"
        "print({'openai', 'httpx2', 'boto3', 'botocore'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
