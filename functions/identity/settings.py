"""What the identity function is told by its environment."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from functions.web.settings import HttpSettings


class IdentitySettings(HttpSettings):
    """Settings of the identity function."""

    identity_table: str = Field(description="Table of members, keys and registrations.")
    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    user_pool_id: str = Field(description="The user pool.")
    client_id: str = Field(description="The app client a token must be for.")
    mail_from: str = Field(description="The verified address that mails come from.")
    mail_domain: str = Field("", description="Where mail that becomes leads is received.")
    app_url: str = Field(
        "", description="Where the pages are that mails lead to; without one they hold the token."
    )


@lru_cache(maxsize=1)
def settings() -> IdentitySettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return IdentitySettings()  # the environment gives the rest
