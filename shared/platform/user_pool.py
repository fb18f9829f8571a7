"""The user pool: passwords and tokens are its business, tenants and roles are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from shared.platform.aws import client, error_code

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


class UserExistsError(Exception):
    """The pool has a user of this address."""


class WeakPasswordError(Exception):
    """The pool's policy refuses the password; the message says what it lacks."""


class SignInRefusedError(Exception):
    """Wrong address, wrong password, or a session that is over; which of them nobody is told."""


class SecondFactorError(Exception):
    """The password is right, and the user asked the pool to want a code as well."""


@dataclass(frozen=True, slots=True)
class PoolTokens:
    """What a sign-in gives; a renewal gives no new refresh token."""

    access_token: str
    id_token: str
    expires_in: int
    refresh_token: str = ""


class UserPool(Protocol):
    """The port to the pool; users are named by their e-mail address in lower case."""

    def create(self, email: str, password: str) -> str:
        """Adds a user, whose subject is returned.

        Raises:
            UserExistsError: there is one.
            WeakPasswordError: the policy refuses the password.
        """

    def find(self, email: str) -> str | None:
        """The subject of a user."""

    def sign_in(self, email: str, password: str, code: str | None = None) -> PoolTokens:
        """Tokens for a password, and for the code of somebody who asked for one to be wanted.

        Raises:
            SignInRefusedError: address, password or code is wrong.
            SecondFactorError: the pool wants a code, and none is given.
        """

    def renew(self, refresh_token: str) -> PoolTokens:
        """New tokens for a refresh token of the pool; raises SignInRefusedError."""

    def set_password(self, email: str, password: str) -> None:
        """Sets a password for good; raises WeakPasswordError."""


class CognitoUserPool:
    """The port `UserPool` on Cognito, with a role's rights and not with the user's."""

    def __init__(self, pool_id: str, client_id: str) -> None:
        self._pool_id = pool_id
        self._client_id = client_id

    def create(self, email: str, password: str) -> str:
        """See `UserPool.create`."""
        made = self._call(
            "admin_create_user",
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}],
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
        )
        self.set_password(email, password)
        return _subject(made["User"]["Attributes"])

    def find(self, email: str) -> str | None:
        """See `UserPool.find`."""
        from botocore.exceptions import ClientError

        try:
            found = client("cognito-idp").admin_get_user(UserPoolId=self._pool_id, Username=email)
        except ClientError as error:
            if error_code(error) == "UserNotFoundException":
                return None
            raise
        return _subject(found["UserAttributes"])

    def sign_in(self, email: str, password: str, code: str | None = None) -> PoolTokens:
        """See `UserPool.sign_in`."""
        answer = self._start("ADMIN_USER_PASSWORD_AUTH", {"USERNAME": email, "PASSWORD": password})
        match answer.get("ChallengeName"):
            case "NEW_PASSWORD_REQUIRED":
                # Whoever created the user did not come to the next line; the password is proven.
                self.set_password(email, password)
                return self.sign_in(email, password, code)
            case "SOFTWARE_TOKEN_MFA" if code:
                answer = self._answer_code(email, code, str(answer["Session"]))
        return _tokens(answer)

    def renew(self, refresh_token: str) -> PoolTokens:
        """See `UserPool.renew`."""
        return _tokens(self._start("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token}))

    def set_password(self, email: str, password: str) -> None:
        """See `UserPool.set_password`."""
        self._call("admin_set_user_password", Username=email, Password=password, Permanent=True)

    def _answer_code(self, email: str, code: str, session: str) -> dict[str, Any]:
        return self._call(
            "admin_respond_to_auth_challenge",
            ClientId=self._client_id,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": code},
            Session=session,
        )

    def _start(self, flow: str, parameters: dict[str, str]) -> dict[str, Any]:
        return self._call(
            "admin_initiate_auth",
            ClientId=self._client_id,
            AuthFlow=flow,
            AuthParameters=parameters,
        )

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        call = getattr(client("cognito-idp"), operation)
        try:
            answer: dict[str, Any] = call(UserPoolId=self._pool_id, **parameters)
        except ClientError as error:
            _refuse(error)
        return answer


def _refuse(error: ClientError) -> NoReturn:
    message = str(error.response.get("Error", {}).get("Message", ""))
    match error_code(error):
        case "UsernameExistsException":
            raise UserExistsError("there is a user of this address") from None
        case "InvalidPasswordException":
            raise WeakPasswordError(message) from None
        case (
            "NotAuthorizedException"
            | "UserNotFoundException"
            | "UserNotConfirmedException"
            | "CodeMismatchException"
            | "ExpiredCodeException"
        ):
            raise SignInRefusedError("refused by the pool") from None
        case _:
            raise error


def _tokens(answer: dict[str, Any]) -> PoolTokens:
    if "AuthenticationResult" not in answer:
        raise SecondFactorError(str(answer.get("ChallengeName", "")))
    given = answer["AuthenticationResult"]
    return PoolTokens(
        access_token=given["AccessToken"],
        id_token=given["IdToken"],
        expires_in=int(given["ExpiresIn"]),
        refresh_token=given.get("RefreshToken", ""),
    )


def _subject(attributes: list[dict[str, str]]) -> str:
    return next(one["Value"] for one in attributes if one["Name"] == "sub")
