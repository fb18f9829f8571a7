"""The assistant's routes: a function each, of which only one may put messages into the queue."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.data import Data
from infra.constructs.http_api import HttpApi
from infra.constructs.http_function import HttpFunction
from infra.constructs.service_function import Deployment
from infra.constructs.tables import GET, PUT, READ
from shared.assistant.conversations import paths

_DELETE: Final = ("dynamodb:DeleteItem",)


class ChatApi(Construct):
    """Functions `ChatSubmitFunction`, `ChatStatusFunction`, `ChatClearFunction` and
    `ChatConversationsFunction`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        api: HttpApi,
        queue: sqs.IQueue,
    ) -> None:
        super().__init__(scope, name)
        self._deployment, self._data, self._api, self._queue = deployment, data, api, queue
        self._submit()
        self._status()
        self._clear()
        self._conversations()

    def _function(self, name: str, *served: str, **environment: str) -> HttpFunction:
        data = self._data
        made = HttpFunction(
            self,
            f"Chat{name}Function",
            self._deployment,
            data,
            service=f"chat_{name.lower()}",
            handler=f"functions.chat.{name.lower()}.handler",
            host=self._api.host,
            concurrency=max(1, self._deployment.config.concurrency.requests // 4),
            environment={
                "CHAT_TABLE": data.chat.table_name,
                "CRM_TABLE": data.crm.table_name,
                **environment,
            },
        )
        self._api.serve_chat(self, made, *served)
        return made

    def _submit(self) -> None:
        made = self._function("Submit", f"POST {paths.CHAT}", CHAT_QUEUE_URL=self._queue.queue_url)
        made.allow([*GET, *PUT], [self._data.chat.table_arn])
        made.allow(PUT, [self._data.crm.table_arn])
        made.allow(["sqs:SendMessage"], [self._queue.queue_arn])

    def _status(self) -> None:
        made = self._function("Status", f"GET {paths.STATUS}")
        made.allow(GET, [self._data.chat.table_arn])

    def _clear(self) -> None:
        made = self._function("Clear", f"POST {paths.CLEAR}")
        made.allow([*GET, *PUT, *_DELETE], [self._data.chat.table_arn])
        made.allow(PUT, [self._data.crm.table_arn])

    def _conversations(self) -> None:
        one = [f"{method} {paths.CONVERSATION}" for method in ("GET", "PUT", "DELETE")]
        every = [f"{method} {paths.CONVERSATIONS}" for method in ("GET", "POST")]
        made = self._function("Conversations", *every, *one, f"GET {paths.MESSAGES}")
        made.allow([*READ, *PUT, *_DELETE], [self._data.chat.table_arn])
        made.allow(PUT, [self._data.crm.table_arn])
