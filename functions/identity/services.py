"""Everything behind identity's routes, wired once per process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.identity.settings import settings
from shared.identity.api_keys import ApiKeys
from shared.identity.audit import Audit
from shared.identity.directory import Directory
from shared.identity.invitations import Invitations
from shared.identity.letters import Letters
from shared.identity.passwords import Passwords
from shared.identity.places import Places
from shared.identity.public_keys import PublicKeys
from shared.identity.registration import Registration
from shared.identity.sessions import Sessions
from shared.identity.tenants import Tenants
from shared.platform.aws import client
from shared.platform.dynamo import DynamoTables
from shared.platform.mail import Mail, SesMail
from shared.platform.user_pool import CognitoUserPool, UserPool


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes call."""

    registration: Registration
    sessions: Sessions
    passwords: Passwords
    invitations: Invitations
    directory: Directory
    keys: ApiKeys
    public_keys: PublicKeys
    audit: Audit
    tenants: Tenants
    mail_domain: str
    """Where mail that becomes leads is received; empty is nowhere."""


def build(
    places: Places,
    pool: UserPool,
    mail: Callable[[], Mail],
    app_url: str = "",
    sleep: Callable[[float], None] = time.sleep,
    mail_domain: str = "",
) -> Services:
    """The services on given ports; tests give fakes."""
    tenants, letters = Tenants(places), Letters(mail, app_url)
    directory = Directory(places, tenants)
    audit = Audit(places.tables, places.audit, places.clock)
    sessions = Sessions(places, pool, directory, sleep)
    return Services(
        registration=Registration(places, pool, tenants, directory),
        sessions=sessions,
        passwords=Passwords(places, pool, sessions, letters),
        invitations=Invitations(places, pool, tenants, directory, letters),
        directory=directory,
        keys=ApiKeys(places.tables, places.identity, places.clock, audit),
        public_keys=PublicKeys(places.tables, places.identity, places.clock, audit),
        audit=audit,
        tenants=tenants,
        mail_domain=mail_domain,
    )


@lru_cache(maxsize=1)
def aws_services() -> Services:
    """The services on AWS."""
    told, tables = settings(), DynamoTables()
    places = Places(tables, told.identity_table, told.crm_table, told.inbox_table, told.audit_table)
    pool = CognitoUserPool(told.user_pool_id, told.client_id)

    def mail() -> Mail:
        return SesMail(tables, told.inbox_table, told.mail_from, client("sesv2").send_email)

    return build(places, pool, mail, told.app_url, mail_domain=told.mail_domain)


async def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = getattr(request.app.state, "services", None) or aws_services()
    return found


ServicesDep = Annotated[Services, Depends(services)]
