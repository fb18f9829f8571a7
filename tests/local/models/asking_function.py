"""A function that asks a model, as its settings say."""

import os

from pydantic import SecretStr

from shared.llm.messages import UserMessage
from shared.llm.openai_model import OpenAIModel
from shared.llm.port import Request
from shared.llm.providers import Endpoint
from shared.llm.settings import ModelSettings


def ask(event, context):
    settings = ModelSettings()
    key = SecretStr(settings.openai_api_key.get_secret_value())
    endpoint = Endpoint("openai", "openai", settings.openai_base_url, key, confined=False)
    return OpenAIModel(endpoint, "m").answer(Request([UserMessage(text=event["say"])])).text


def see(event, context):
    return sorted(name for name in os.environ if "OPENAI" in name)
