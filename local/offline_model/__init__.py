"""A server that speaks OpenAI's two APIs without a model: by script, by grammar, or saying so."""

from local.offline_model.grammars import Grammars
from local.offline_model.script import Call, Fault, Say, Scripts
from local.offline_model.server import OfflineModel

__all__ = ["Call", "Fault", "Grammars", "OfflineModel", "Say", "Scripts"]
