"""Who may call the HTTP API: the authorizer, and the routes of accounts, members and keys."""

from __future__ import annotations

from typing import Final

from constructs import Construct

from infra.constructs.data import Data
from infra.constructs.http_function import HttpFunction
from infra.constructs.sending import SEND, sent_by
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import GET, PUT, READ
from infra.constructs.user_pool import Users

_DELETE: Final = ("dynamodb:DeleteItem",)
_POOL: Final = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminSetUserPassword",
)


class IdentityApi(Construct):
    """Functions `AuthorizerFunction` and `IdentityFunction`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        users: Users,
        *,
        host: str,
        sender: str,
    ) -> None:
        super().__init__(scope, name)
        self._deployment = deployment
        self._data = data
        self._users = users
        self.authorizer = self._authorizer_function()
        self.function = self._identity_function(host, sender)

    def _authorizer_function(self) -> ServiceFunction:
        made = ServiceFunction(
            self,
            "AuthorizerFunction",
            self._deployment,
            service="authorizer",
            handler="functions.identity.authorizer.handler",
            timeout=5,
            memory=512,
            concurrency=self._deployment.config.concurrency.requests,
            environment={
                "IDENTITY_TABLE": self._data.identity.table_name,
                "ISSUER": self._users.issuer,
                "JWKS_URL": self._users.keys_url,
                "CLIENT_ID": self._users.client.user_pool_client_id,
            },
        )
        made.allow(GET, [self._data.identity.table_arn])
        # When a key was last used, and nothing else: whoever lets others in may not write whom.
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["use#*"]}}
        made.allow(PUT, [self._data.identity.table_arn], only)
        return made

    def _identity_function(self, host: str, sender: str) -> ServiceFunction:
        data, config = self._data, self._deployment.config
        made = HttpFunction(
            self,
            "IdentityFunction",
            self._deployment,
            data,
            service="identity",
            handler="functions.identity.handler.handler",
            host=host,
            concurrency=max(1, config.concurrency.requests // 4),
            environment={
                "IDENTITY_TABLE": data.identity.table_name,
                "CRM_TABLE": data.crm.table_name,
                "USER_POOL_ID": self._users.pool.user_pool_id,
                "CLIENT_ID": self._users.client.user_pool_client_id,
                "MAIL_FROM": sender,
                "MAIL_DOMAIN": config.mail_domain,
                "APP_URL": config.app_url,
            },
        )
        made.allow([*READ, *PUT, *_DELETE], [data.identity.table_arn])
        made.allow([*GET, *PUT], [data.crm.table_arn])
        made.allow([*GET, *PUT, *_DELETE], [data.inbox.table_arn])
        made.allow(["dynamodb:Query"], [data.audit.table_arn])
        made.allow(_POOL, [self._users.pool.user_pool_arn])
        made.allow(SEND, sent_by(sender))
        return made
