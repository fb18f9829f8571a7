"""A JSON path is parsed once, not for every event and state that reads by it.

jsonpath_ng builds its grammar anew for each path: a tenth of the price of a lead's journey.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any, Final

import jsonpath_ng
import jsonpath_ng.ext

from local.seams.replacing import replace

_USERS: Final = ("moto.events.", "moto.stepfunctions.")


@lru_cache(maxsize=2048)
def _parse(path: str) -> Any:
    return jsonpath_ng.parser.parse(path)


@lru_cache(maxsize=2048)
def _parse_extended(path: str) -> Any:
    return jsonpath_ng.ext.parser.parse(path)


def install() -> None:
    """Replaces parsing in the package and wherever moto has imported it."""
    stock = {jsonpath_ng.parser.parse: _parse, jsonpath_ng.ext.parser.parse: _parse_extended}
    replace(jsonpath_ng, parse=_parse)
    replace(jsonpath_ng.ext, parse=_parse_extended)
    for name, module in list(sys.modules.items()):
        if name.startswith(_USERS) and getattr(module, "parse", None) in stock:
            replace(module, parse=stock[module.__dict__["parse"]])
