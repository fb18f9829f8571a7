"""One synthesis for all template tests, its Node chosen before the CDK is imported."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HAS_CDK = importlib.util.find_spec("aws_cdk") is not None
collect_ignore_glob = [] if HAS_CDK else ["test_*.py"]

if HAS_CDK:
    from infra.node import use_bundled_node

    use_bundled_node()


@pytest.fixture(autouse=True)
def _closed_network() -> None:
    """Replaces the fixture of all other tests: the CDK speaks to Node, and nothing else is here."""


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthesized app of the stage dev, with the report of what cdk-nag found."""
    import cdk_nag
    from aws_cdk import Validations

    from infra.app import add_stacks, new_app

    outdir = tmp_path_factory.mktemp("assembly")
    app = new_app(outdir)
    add_stacks(app)
    packs = (cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app))
    Validations.of(app).add_plugins(*packs)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()  # acknowledgements stand in test_nag.py, so it always has findings
    return outdir


@pytest.fixture(scope="session")
def resources(assembly: Path) -> Mapping[str, Any]:
    """Every resource of every stack, by logical id."""
    templates = (json.loads(path.read_text()) for path in assembly.glob("*.template.json"))
    return {name: one for template in templates for name, one in template["Resources"].items()}
