"""How a seam replaces a method of moto, in one place that tells the type checker so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replace(owner: Any, **methods: Callable[..., Any] | property) -> None:
    """Sets methods of a class; `owner` is Any because checkers rightly forbid this elsewhere."""
    for name, method in methods.items():
        setattr(owner, name, method)
