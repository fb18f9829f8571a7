"""References made symbolic: imports become what was exported, `Fn::Sub` becomes `Fn::Join`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackName",
    "AWS::URLSuffix",
}
_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]+)\}")

Template = Mapping[str, Any]


class ProjectionError(Exception):
    """A template that the blueprint cannot express; the message says what and the mend."""


def exports_of(templates: Mapping[str, Template]) -> dict[str, Any]:
    """What every stack exports, by export name."""
    outputs = (
        out for template in templates.values() for out in template.get("Outputs", {}).items()
    )
    return {out["Export"]["Name"]: out["Value"] for _, out in outputs if "Export" in out}


def symbolic(value: Any, exports: Mapping[str, Any]) -> Any:
    """The value with the three allowed intrinsics only: Ref, Fn::GetAtt, Fn::Join.

    Raises:
        ProjectionError: it uses another intrinsic, or imports what nothing exports.
    """
    if isinstance(value, list):
        return [symbolic(item, exports) for item in value]
    if not isinstance(value, dict):
        return value
    name = intrinsic(value)
    if name is None:
        return {key: symbolic(item, exports) for key, item in value.items()}
    argument = value[name]
    if name == "Fn::ImportValue":
        if argument not in exports:
            raise ProjectionError(f"{argument} is imported but no stack of the app exports it")
        return symbolic(exports[argument], exports)
    if name == "Fn::Sub":
        return _joined(argument, exports)
    if name not in {"Ref", "Fn::GetAtt", "Fn::Join"}:
        raise ProjectionError(f"{name}: the laptop cannot resolve it; write it as Fn::Join")
    return {name: symbolic(argument, exports)}


def intrinsic(value: Mapping[str, Any]) -> str | None:
    """The intrinsic that a mapping is, if it is one."""
    if len(value) != 1:
        return None
    (name,) = value
    return name if name == "Ref" or name.startswith("Fn::") else None


def referenced(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to."""
    if isinstance(value, list):
        for item in value:
            yield from referenced(item)
    elif isinstance(value, dict):
        if set(value) == {"Ref"}:
            if value["Ref"] not in PSEUDO_PARAMETERS:
                yield value["Ref"]
        elif set(value) == {"Fn::GetAtt"}:
            yield value["Fn::GetAtt"][0]
        else:
            yield from referenced(list(value.values()))


def _joined(argument: Any, exports: Mapping[str, Any]) -> dict[str, Any]:
    text, given = argument if isinstance(argument, list) else (argument, {})
    parts: list[Any] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        parts.append(text[end : found.start()])
        parts.append(_substituted(found, given, exports))
        end = found.end()
    parts.append(text[end:])
    return {"Fn::Join": ["", [part for part in parts if part != ""]]}


def _substituted(found: re.Match[str], given: Mapping[str, Any], exports: Mapping[str, Any]) -> Any:
    literal, name = found.groups()
    if literal:
        return f"${{{name}}}"
    if name in given:
        return symbolic(given[name], exports)
    resource, _, attribute = name.partition(".")
    return {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}
