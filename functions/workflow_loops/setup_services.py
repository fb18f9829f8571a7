"""What the routes of buckets, texts, opt-outs and notices call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.settings import settings
from shared.identity.audit import Audit
from shared.nodes.files.tenant_buckets import Opening, TenantBuckets
from shared.nodes.messages.member_notices import MemberNotices
from shared.nodes.messages.opt_outs import OptOutList
from shared.nodes.messages.tenant_texts import TenantTexts
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.foreign_buckets import ForeignBuckets
from shared.platform.tables import Tables


@dataclass(frozen=True, slots=True)
class SetupServices:
    """What a tenant sets up for its workflows, beside connections."""

    buckets: TenantBuckets
    texts: TenantTexts
    opt_outs: OptOutList
    notices: MemberNotices


def build(
    tables: Tables, table: str, audit: Audit, opening: Opening, clock: Clock = utc_now
) -> SetupServices:
    """The services on given ports; tests give fakes."""
    return SetupServices(
        TenantBuckets(tables, table, opening, audit, clock),
        TenantTexts(tables, table, audit, clock),
        OptOutList(tables, table, audit, clock),
        MemberNotices(tables, table, clock),
    )


@lru_cache(maxsize=1)
def aws_setup() -> SetupServices:
    """The services on AWS."""
    told, tables = settings(), DynamoTables()
    audit = Audit(tables, told.audit_table)
    return build(tables, told.workflows_table, audit, ForeignBuckets())


async def setup_services(request: Request) -> SetupServices:
    """The services of this app."""
    given: SetupServices | None = getattr(request.app.state, "setup", None)
    return given or aws_setup()


SetupServicesDep = Annotated[SetupServices, Depends(setup_services)]
