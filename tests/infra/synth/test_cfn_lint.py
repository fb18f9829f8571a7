"""CloudFormation's own rules over the templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint

REDUNDANT_DEPENDENCY = "W3005"
"""The CDK says twice what comes before what."""


@pytest.mark.parametrize("stack", ["data", "events", "application", "workflows", "chat"])
def test_a_template_is_what_cloudformation_wants(assembly: Path, stack: str) -> None:
    (template,) = assembly.glob(f"*-{stack}.template.json")
    config = ManualArgs(regions=["us-east-1"], ignore_checks=[REDUNDANT_DEPENDENCY])
    assert lint(template.read_text(), config=config) == []
