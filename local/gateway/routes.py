"""Which function answers a request, chosen as API Gateway chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from local.blueprint import Resource

_ARN: Final = re.compile(r"function:([^:/]+)")

Fit = tuple[int, int, bool]
"""How exact the path is, how long its literal prefix, and whether the method is named."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route."""

    key: str
    """As API Gateway writes it, e.g. `GET /health`."""
    function: str
    authorizer: str | None
    """The authorizer's function, if the route has one."""
    ttl: int
    """Seconds for which an authorizer's answer is kept."""

    def match(self, method: str, path: str) -> tuple[Fit, dict[str, str]] | None:
        """How well the route fits, and its path parameters; None if it does not."""
        if self.key == "$default":
            return (-1, 0, False), {}
        wanted, _, template = self.key.partition(" ")
        if wanted not in (method, "ANY"):
            return None
        found = _expression(template).fullmatch(path)
        if not found:
            return None
        exactness = 2 if "{" not in template else 1 if "+}" not in template else 0
        return (exactness, template.find("{"), wanted == method), found.groupdict()


@lru_cache
def _expression(template: str) -> re.Pattern[str]:
    text = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
    text = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", text)
    return re.compile(text, re.DOTALL)  # a path may hold an encoded line end


class Routes:
    """The routes of an API."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The best route: an exact path, a longer prefix, a method before ANY, `$default` last."""
        fits = [(match, route) for route in self._routes if (match := route.match(method, path))]
        if not fits:
            return None
        (_, parameters), route = max(fits, key=lambda fit: fit[0][0])
        return route, parameters

    @classmethod
    def of(cls, resources: Mapping[str, Resource]) -> Routes:
        """The routes of the blueprint's API, references resolved."""
        return cls(
            [
                _route(resource.properties, resources)
                for resource in resources.values()
                if resource.type == "AWS::ApiGatewayV2::Route"
            ]
        )


def _route(properties: Mapping[str, Any], resources: Mapping[str, Resource]) -> Route:
    integration = resources[str(properties["Target"]).rpartition("/")[2]].properties
    authorizer = None
    ttl = 0
    if properties.get("AuthorizationType", "NONE") == "CUSTOM":
        found = resources[properties["AuthorizerId"]].properties
        authorizer = _function(found["AuthorizerUri"])
        ttl = int(found.get("AuthorizerResultTtlInSeconds", 300))
    return Route(properties["RouteKey"], _function(integration["IntegrationUri"]), authorizer, ttl)


def _function(uri: str) -> str:
    match = _ARN.search(uri)
    if not match:
        raise ValueError(f"{uri} names no function")
    return match[1]
