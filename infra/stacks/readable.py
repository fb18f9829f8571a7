"""A stack whose logical ids are its construct paths, without the CDK's hashes."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from constructs import Construct

_HIDDEN: Final = {"Default", "Resource"}
"""What the CDK calls the one resource that a construct stands for."""


class ReadableStack(cdk.Stack):
    """`LeadPipeline/AnalyzeFunction/Role` becomes `LeadPipelineAnalyzeFunctionRole`.

    A construct that only groups has a name in lower case, which stands in no id.

    The laptop names resources by their logical ids, and a reader of the blueprint has nothing
    else. Two paths that give the same id are an error of the CDK within a stack, and of the
    projection across stacks.
    """

    def __init__(self, scope: Construct, name: str, *, description: str) -> None:
        super().__init__(scope, name, description=description)

    def _allocate_logical_id(self, cfn_element: cdk.CfnElement) -> str:
        inside = cfn_element.node.path.split("/")[1:]
        named = (part for part in inside if part not in _HIDDEN and not part[0].islower())
        # An export between stacks is named by the JSON of what it exports.
        return "".join(letter for part in named for letter in part if letter.isalnum())
