"""Paths with and without a trailing slash are the same path; nobody is redirected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

F = TypeVar("F", bound=Callable[..., Any])


def both(router: APIRouter, method: str, path: str, **how: Any) -> Callable[[F], F]:
    """Declares a route with and without a trailing slash; OpenAPI shows it with one."""

    def declare(endpoint: F) -> F:
        router.add_api_route(f"{path}/", endpoint, methods=[method], **how)
        router.add_api_route(path, endpoint, methods=[method], include_in_schema=False, **how)
        return endpoint

    return declare
