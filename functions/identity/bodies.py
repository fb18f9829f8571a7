"""What requests say, in our words and in those of older systems."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from shared.identity.addresses import Address, Password, PersonName, Username, same
from shared.identity.public_keys import Purpose
from shared.identity.rights import Right, Role

Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$", max_length=200)]


class Body(BaseModel):
    """A field that is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _named(*names: str) -> Any:
    return Field(validation_alias=AliasChoices(*names))


class Registering(Body):
    """Founds a tenant; `name` may come in two parts."""

    email: Address
    password: Password
    password_confirm: str | None = Field(
        None, validation_alias=AliasChoices("password_confirm", "confirm_password", "password2")
    )
    username: Username | None = None
    name: Annotated[PersonName, _named("name", "full_name", "display_name")] = ""
    first_name: Annotated[str, Field(max_length=100)] = ""
    last_name: Annotated[str, Field(max_length=100)] = ""
    tenant_name: Annotated[
        PersonName, _named("tenant_name", "company", "company_name", "organization")
    ] = ""

    @model_validator(mode="after")
    def _passwords_agree(self) -> Self:
        if self.password_confirm not in (None, self.password):
            raise ValueError("the two passwords differ; send the same twice")
        return self

    @property
    def full_name(self) -> str:
        """What the person is called; without a name the part of the address before the @."""
        parts = " ".join(part for part in (self.first_name, self.last_name) if part)
        return self.name or parts or self.username or self.email.partition("@")[0]


class SigningIn(Body):
    """E-mail address or username, and password."""

    email: Annotated[str, Field(min_length=1, max_length=254), _named("email", "username", "login")]
    password: Password
    code: Annotated[
        Annotated[str, Field(pattern=r"^\d{6}$")] | None, _named("code", "otp", "totp")
    ] = None
    remember_me: bool = False

    @property
    def login(self) -> str:
        """The name as it is compared."""
        return same(self.email)


class Refreshing(Body):
    """A refresh token."""

    refresh_token: Annotated[str, Field(max_length=200), _named("refresh_token", "refresh")]


class SigningOut(Body):
    """Ends one session, or with `everywhere` all of them; with neither all of them, too."""

    refresh_token: Annotated[
        str | None, Field(max_length=200), _named("refresh_token", "refresh")
    ] = None
    everywhere: bool = False


class Forgetting(Body):
    """Whose password is forgotten."""

    email: Address


class Resetting(Body):
    """The token of the mail, and the new password."""

    token: Annotated[str, Field(max_length=200)]
    new_password: Annotated[Password, _named("new_password", "password")]


class Inviting(Body):
    """Who is invited, with which role."""

    email: Address
    role: Role = "user"


class Accepting(Body):
    """The token of the mail, and what the account is to be."""

    token: Annotated[str, Field(max_length=200)]
    name: Annotated[PersonName, _named("name", "full_name", "display_name")]
    password: Password


class RoleChange(Body):
    """A member's new role."""

    role: Role


class NewKey(Body):
    """A key of the API."""

    name: PersonName
    scopes: Annotated[list[Right], Field(min_length=1, max_length=len(Right))]
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90


class NewPublicKey(Body):
    """A key that stands in a page, or with a webhook's sender."""

    name: PersonName
    purpose: Purpose
    per_minute: Annotated[int, Field(ge=1, le=600)] = 30
    origins: Annotated[list[Origin], Field(max_length=20)] = []


class TenantChange(Body):
    """Settings of the tenant; what is not named stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$")] | None = None
