"""What nodes may ask of the world, for one run.

Who adds a port adds a line to `PORTS`: its name in `shared.nodes.ports`, and how it is made of a
run. Each is made when a node first asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from functions.workflow_loops.agent_ports import AgentSettings, agent_ports
from functions.workflow_loops.connection_ports import PortPlaces, tenant_ports
from functions.workflow_loops.runner_settings import RunnerSettings, settings
from shared.events.chains import Origin
from shared.events.claims import Claims
from shared.identity.principal import Principal
from shared.nodes import ports
from shared.nodes.agents.ports import MEMORY, MODELS, TOOLS
from shared.platform.aws import client
from shared.platform.blobs import S3Blobs
from shared.platform.counters import DynamoCounters
from shared.platform.foreign_buckets import ForeignBuckets
from shared.platform.http import CheckedHttp, Egress
from shared.platform.mail import Mail, SesMail
from shared.platform.secrets import AwsSecrets
from shared.platform.spaces import S3Space
from shared.platform.suppressions import suppressed_in
from shared.platform.tables import Tables
from shared.tools.ports import PYTHON, WEB_SEARCH


@dataclass(frozen=True)
class Run:
    """A run as its ports see it; everything in it is of one tenant."""

    tenant: str
    workflow: Callable[[], str]
    """The id of the workflow."""
    tables: Tables
    """Which reach this tenant's rows and no others."""
    publisher: Callable[[], Principal]
    """Whom the run acts for; raises NodeFailedError where they may nothing any more."""
    children: Any
    """`ChildRuns` of this run."""

    dynamodb: Callable[[], Any]
    """The client behind `tables`."""
    origin: Callable[[], Origin] = Origin
    """What the events of the run say of it."""

    @cached_property
    def agents(self) -> Mapping[str, Any]:
        """The ports of agents and their tools."""
        counters = DynamoCounters(self.dynamodb)
        made = agent_ports(_agent_settings(), self.tables, _secrets(), counters)
        return made(self.tenant, self.publisher().subject, self.workflow())

    @cached_property
    def set_up(self) -> Mapping[str, Any]:
        """The ports that stand on what the tenant has set up."""
        return tenant_ports(_places(self), self.tenant, self.workflow())


def _leads(run: Run) -> Any:
    from shared.crm.leads import Leads
    from shared.nodes.crm.crm_leads import CrmLeads

    told = settings()
    return CrmLeads(
        Leads(run.tables, told.crm_table, told.inbox_table), run.publisher(), run.origin
    )


def _files(run: Run) -> Any:
    return S3Space(settings().spaces_bucket, f"{run.tenant}/")


def _http(_: Run) -> Any:
    return CheckedHttp(Egress(private=settings().private_connections))


def _agents(name: str) -> Callable[[Run], Any]:
    return lambda run: run.agents[name]


def _set_up(name: str) -> Callable[[Run], Any]:
    return lambda run: run.set_up[name]


PORTS: Final[Mapping[str, Callable[[Run], Any]]] = {
    ports.HTTP: _http,
    ports.FILES: _files,
    ports.LEADS: _leads,
    ports.WORKFLOWS: lambda run: run.children,
    ports.SLEEP: lambda _: asyncio.sleep,
    ports.EVENTS: _set_up(ports.EVENTS),
    ports.MAIL: _set_up(ports.MAIL),
    ports.CONNECTIONS: _set_up(ports.CONNECTIONS),
    ports.BUCKETS: _set_up(ports.BUCKETS),
    ports.TEMPLATES: _set_up(ports.TEMPLATES),
    ports.NOTICES: _set_up(ports.NOTICES),
    ports.STEPS: _set_up(ports.STEPS),
    MODELS: _agents(MODELS),
    TOOLS: _agents(TOOLS),
    MEMORY: _agents(MEMORY),
    WEB_SEARCH: _agents(WEB_SEARCH),
    PYTHON: _agents(PYTHON),
}


def ports_of(run: Run) -> dict[str, Any]:
    """The ports of a run."""
    return {name: _FirstUse(make, run) for name, make in PORTS.items()}


class _FirstUse:
    """Stands for a port until a node asks something of it."""

    def __init__(self, make: Callable[[Run], Any], run: Run) -> None:
        self._make, self._run = make, run

    @cached_property
    def _port(self) -> Any:
        return self._make(self._run)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._port(*given, **named)


def _places(run: Run) -> PortPlaces:
    told = settings()
    return PortPlaces(
        tables=run.tables, secrets=_secrets(), opening=_foreign(), mail=lambda: _mail(run, told),
        workflows=told.workflows_table, crm=told.crm_table, inbox=told.inbox_table,
        audit=told.audit_table, identity=told.identity_table, prefix=told.tenant_secrets,
        private=told.private_connections, origin=run.origin,
        claims=Claims(S3Blobs(told.events_bucket)),
    )  # fmt: skip


def _mail(run: Run, told: RunnerSettings) -> Mail:
    none_to = suppressed_in(run.tables, told.crm_table)
    deliver = client("sesv2").send_email
    return SesMail(run.tables, told.inbox_table, told.mail_from, deliver, suppressed=none_to)


@lru_cache(maxsize=1)
def _secrets() -> AwsSecrets:
    return AwsSecrets()


@lru_cache(maxsize=1)
def _agent_settings() -> AgentSettings:
    return AgentSettings()  # the environment gives them


@lru_cache(maxsize=1)
def _foreign() -> ForeignBuckets:
    return ForeignBuckets()
