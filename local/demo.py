"""The demo tenant: its admin, an outside source and an import folder registered for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from local.provision.clients import aws
from local.seams.cognito_subjects import set_subject
from shared.identity import rows

TENANT: Final = "demo"
SOURCE: Final = "demo.website"
FOLDER: Final = "demo"
"""The folder of the import bucket whose files are the tenant's."""
USERNAME: Final = "admin@demo.example"
SUBJECT: Final = "00000000-0000-4000-8000-00000000d3e0"
_SINCE: Final = "2026-01-01T00:00:00.000000Z"
_PASSWORD: Final = "Only-for-this-laptop-1"


class Demo:
    """The demo tenant of one platform."""

    def __init__(self, pool_id: str, client_id: str, identity_table: str) -> None:
        self._pool_id = pool_id
        self._client_id = client_id
        self._table = identity_table

    def create(self) -> None:
        """Creates user, tenant, membership and registrations; what stands stays as it is."""
        users = aws("cognito-idp")
        with suppress(users.exceptions.UsernameExistsException):
            users.admin_create_user(UserPoolId=self._pool_id, Username=USERNAME)
            users.admin_set_user_password(
                UserPoolId=self._pool_id, Username=USERNAME, Password=_PASSWORD, Permanent=True
            )
            set_subject(self._pool_id, USERNAME, SUBJECT)
        known = {"email": USERNAME, "name": "Demo admin", "role": "admin", "joined_at": _SINCE}
        self._put(**rows.membership(SUBJECT), tenant=TENANT, version=1, **known)
        self._put(pk=rows.members(TENANT), sk=SUBJECT, **known)
        settings = {"name": "Demo", "currency": "USD", "time_zone": "UTC", "created_at": _SINCE}
        self._put(**rows.tenant(TENANT), id=TENANT, admins=1, version=1, **settings)
        self._put(pk=f"source#{SOURCE}", sk="source", tenant=TENANT)
        self._put(pk=f"import#{FOLDER}", sk="import", tenant=TENANT)

    def mint(self) -> str:
        """An access token of the admin."""
        answer = aws("cognito-idp").admin_initiate_auth(
            UserPoolId=self._pool_id,
            ClientId=self._client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": USERNAME, "PASSWORD": _PASSWORD},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def _put(self, **item: str | int) -> None:
        tables = aws("dynamodb")
        wire: dict[str, Any] = {
            name: {"N": str(value)} if isinstance(value, int) else {"S": value}
            for name, value in item.items()
        }
        # A row that an older start wrote had no version.
        absent = "attribute_not_exists(version)"
        with suppress(tables.exceptions.ConditionalCheckFailedException):
            tables.put_item(TableName=self._table, Item=wire, ConditionExpression=absent)
