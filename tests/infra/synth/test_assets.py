"""One asset per kind, named by what it is built from, and built only when something is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.assets.kinds import SOURCES, kind_of


def test_each_function_gets_the_asset_of_its_kind(resources: Mapping[str, Any]) -> None:
    functions = [
        r["Properties"] for r in resources.values() if r["Type"] == "AWS::Lambda::Function"
    ]
    pairs = {(kind_of(f["Handler"]), f["Code"]["S3Key"]) for f in functions}
    assert {kind for kind, _ in pairs} == set(SOURCES)
    assert len({key for _, key in pairs}) == len(pairs) == len(SOURCES)


def test_a_synthesis_for_its_templates_builds_nothing(assembly: Path) -> None:
    assert not list(assembly.glob("asset.*"))


def test_a_bundling_that_fails_says_why_and_starts_no_docker(tmp_path: Path) -> None:
    from infra.assets.build import AssetError
    from infra.assets.bundling import KindBundling

    with pytest.raises(AssetError, match=r"asset nowhere: .*requirements/nowhere\.lock"):
        KindBundling("nowhere").try_bundle(str(tmp_path / "asset"))
