"""The chat assistant: its routes, its queue, what answers, and its sweeper."""

from __future__ import annotations

from constructs import Construct

from infra.config import StageConfig
from infra.constructs.chat_answers import ChatAnswers
from infra.constructs.chat_api import ChatApi
from infra.constructs.service_function import Deployment
from infra.stacks.application import ApplicationStack
from infra.stacks.data import DataStack
from infra.stacks.readable import ReadableStack


class ChatStack(ReadableStack):
    """Stands behind the HTTP API of the application, with routes of its own."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        config: StageConfig,
        *,
        data: DataStack,
        application: ApplicationStack,
    ) -> None:
        super().__init__(scope, name, description="Millrace: the chat assistant")
        deployment = Deployment(config)
        answers = ChatAnswers(self, "answers", deployment, data.data)
        ChatApi(self, "chat", deployment, data.data, application.api, answers.queue)
