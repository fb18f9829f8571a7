"""The demo tenant: its admin, an outside source and an import folder registered for it."""

from __future__ import annotations

from typing import Final

from local.provision.clients import aws
from local.seams.cognito_subjects import set_subject

TENANT: Final = "demo"
SOURCE: Final = "demo.website"
FOLDER: Final = "demo"
"""The folder of the import bucket whose files are the tenant's."""
USERNAME: Final = "admin@demo.example"
SUBJECT: Final = "00000000-0000-4000-8000-00000000d3e0"
_PASSWORD: Final = "Only-for-this-laptop-1"


class Demo:
    """The demo tenant of one platform."""

    def __init__(self, pool_id: str, client_id: str, identity_table: str) -> None:
        self._pool_id = pool_id
        self._client_id = client_id
        self._table = identity_table

    def create(self) -> None:
        """Creates user, membership and registrations; what stands already stays the same."""
        users = aws("cognito-idp")
        users.admin_create_user(UserPoolId=self._pool_id, Username=USERNAME)
        users.admin_set_user_password(
            UserPoolId=self._pool_id, Username=USERNAME, Password=_PASSWORD, Permanent=True
        )
        set_subject(self._pool_id, USERNAME, SUBJECT)
        self._put(
            pk=f"user#{SUBJECT}", sk="membership", tenant=TENANT, role="admin", email=USERNAME
        )
        self._put(pk=f"source#{SOURCE}", sk="source", tenant=TENANT)
        self._put(pk=f"import#{FOLDER}", sk="import", tenant=TENANT)

    def mint(self) -> str:
        """An access token of the admin."""
        answer = aws("cognito-idp").initiate_auth(
            ClientId=self._client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": USERNAME, "PASSWORD": _PASSWORD},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def _put(self, **item: str) -> None:
        wire = {name: {"S": value} for name, value in item.items()}
        aws("dynamodb").put_item(TableName=self._table, Item=wire)
