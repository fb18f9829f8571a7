"""API Gateway's HTTP API on the laptop: routes, authorizer and integrations from the blueprint."""

from local.gateway.app import Gateway
from local.gateway.routes import Routes

__all__ = ["Gateway", "Routes"]
