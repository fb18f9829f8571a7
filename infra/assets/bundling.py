"""The code of functions in the CDK: one asset per kind, bundled when something is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

from infra.assets.build import build
from infra.assets.digest import asset_hash
from infra.assets.kinds import ROOT, kind_of

NOT_NOW = {"aws:cdk:bundling-stacks": []}
"""Context of a synthesis that only wants the templates: names of assets, but no assets."""


@jsii.implements(cdk.ILocalBundling)
class KindBundling:
    """Builds on this machine. It raises when it cannot: an answer "no" would start Docker."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        """Builds the asset into the folder that the CDK gives."""
        build(self._kind, Path(output_dir))
        return True


def code_of(handler: str) -> lambda_.Code:
    """The code that holds a handler; functions of one kind share it, and one upload."""
    kind = kind_of(handler)
    return lambda_.Code.from_asset(
        str(ROOT / "functions"),
        asset_hash=asset_hash(kind),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("never-started"),
            local=KindBundling(kind),  # type: ignore[arg-type]
        ),
    )
