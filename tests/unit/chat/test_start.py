"""What a cold start of each function imports, and what it must not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HEAVY = {"openai", "fastapi", "starlette", "mangum", "httpx", "httpx2", "jinja2"}
BY_FUNCTION = {
    "submit": HEAVY | {"shared.llm", "shared.graph", "shared.crm"},
    "status": HEAVY | {"shared.llm", "shared.graph", "shared.crm"},
    "clear": HEAVY | {"shared.llm", "shared.graph", "shared.crm"},
    "conversations": HEAVY | {"shared.llm", "shared.graph", "shared.crm"},
    "sweeper": HEAVY | {"shared.llm", "shared.graph", "shared.crm"},
    "answer": {"openai", "fastapi", "starlette", "mangum", "httpx2"},
}


def loaded(statement: str) -> set[str]:
    """The modules that a new interpreter has after a statement."""
    code = f"{statement}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), check=True, capture_output=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("function", BY_FUNCTION)
def test_a_cold_start_imports_no_more_than_it_needs(function):
    found = loaded(f"import functions.chat.{function}")
    assert found & BY_FUNCTION[function] == set()
    assert f"functions.chat.{function}" in found


def test_the_client_of_models_is_imported_by_the_first_call():
    ask = (
        "import functions.chat.answer, sys\n"
        "from pydantic import SecretStr\n"
        "from shared.llm.openai_model import OpenAIModel\n"
        "from shared.llm.providers import Endpoint\n"
        "assert 'openai' not in sys.modules\n"
        "from shared.llm.messages import UserMessage\n"
        "from shared.llm.port import Request\n"
        "from shared.llm.patience import Patience\n"
        "url, key = 'http://127.0.0.1:9/v1', SecretStr('k')\n"
        "here = Endpoint('local', 'custom', url, key, confined=False)\n"
        "try:\n"
        "    model = OpenAIModel(here, 'm', Patience(attempts=1))\n"
        "    model.answer(Request([UserMessage(text='a')]))\n"
        "except Exception as error: pass\n"
    )
    assert "openai" in loaded(ask)
