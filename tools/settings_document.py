"""`.env.example` and the table of settings, from the settings classes of the functions."""

from __future__ import annotations

from typing import Any, Final

from pydantic_core import PydanticUndefined

from functions.chat.answer_settings import AnswerSettings
from functions.chat.settings import ChatSettings
from functions.crm.importer import ImporterSettings
from functions.crm.settings import CrmSettings
from functions.events.relaying import RelaySettings
from functions.events.replayer import ReplayerSettings
from functions.identity.authorizer import AuthorizerSettings
from functions.identity.settings import IdentitySettings
from functions.pipeline_nodes.lead.respond import RespondSettings
from functions.pipeline_nodes.starter import StarterSettings
from functions.pipeline_nodes.user.welcome import WelcomeSettings
from functions.workflow_loops.agent_ports import AgentSettings
from functions.workflow_loops.collector import CollectorSettings
from functions.workflow_loops.runner_settings import RunnerSettings
from functions.workflow_loops.settings import WorkflowSettings
from functions.workflow_loops.trigger_starter import TriggerSettings
from shared.consumers.wiring import ConsumerSettings
from shared.events.opening_here import OpeningSettings
from shared.platform.settings import FunctionSettings

CLASSES: Final[dict[str, type[FunctionSettings]]] = {
    "the CRM": CrmSettings,
    "the importer": ImporterSettings,
    "relay and sweeper": RelaySettings,
    "what opens events": OpeningSettings,
    "a durable consumer": ConsumerSettings,
    "the replayer": ReplayerSettings,
    "a pipeline's starter": StarterSettings,
    "the lead pipeline's answer": RespondSettings,
    "the authorizer": AuthorizerSettings,
    "identity": IdentitySettings,
    "the user pipeline's welcome": WelcomeSettings,
    "workflows": WorkflowSettings,
    "the node runner": RunnerSettings,
    "agents": AgentSettings,
    "the collector of machines": CollectorSettings,
    "the starter of triggered runs": TriggerSettings,
    "the assistant's routes": ChatSettings,
    "what answers messages": AnswerSettings,
}

SEEDS: Final = [
    ("SECRET_KEY", "the secret CURSOR_SECRET_ARN names, made at deployment"),
    ("DEBUG", "LOG_LEVEL; there is no debug mode that changes behaviour"),
    ("ALLOWED_HOSTS", "ALLOWED_HOSTS"),
    (
        "SUPABASE_URL, SUPABASE_KEY",
        "DynamoDB; the table's name is CRM_TABLE, rights are the role's",
    ),
    ("CORS_ALLOWED_ORIGINS", "ALLOWED_ORIGINS"),
    ("CELERY_BROKER_URL, CELERY_RESULT_BACKEND", "queues that the infrastructure wires"),
    ("EVENT_BUS_BACKEND", "the outbox; `set_event_bus` in a process of your own"),
]


def example() -> str:
    """`.env.example`: every setting once, commented out where it has a default."""
    lines = [
        "# Settings of Millrace's functions, generated from their settings classes.",
        "# Deployed and local functions get theirs from the infrastructure; this file is for",
        "# running a function by hand.",
    ]
    seen: set[str] = set()
    for user, settings in CLASSES.items():
        fresh = [name for name in settings.model_fields if name not in seen]
        if fresh:
            lines += ["", f"# --- {user} ---"]
        for name in fresh:
            seen.add(name)
            field = settings.model_fields[name]
            required = field.default is PydanticUndefined
            lines += [f"# {field.description}"]
            lines += [f"{'' if required else '# '}{name.upper()}={_shown(field.default)}"]
    return "\n".join(lines) + "\n"


def table() -> str:
    """The table of all settings, and what became of the seeds'."""
    lines = [
        "# Settings",
        "",
        "Generated: `make generate`. The infrastructure sets them; a function that lacks one does",
        "not start and says which.",
        "",
        "| setting | of | default | what it says |",
        "|---|---|---|---|",
    ]
    rows: dict[str, tuple[list[str], Any, str]] = {}
    for user, settings in CLASSES.items():
        for name, field in settings.model_fields.items():
            row = rows.setdefault(name, ([], field.default, field.description or ""))
            row[0].append(user)
    for name, (users, default, description) in sorted(rows.items()):
        of = "every function" if len(users) == len(CLASSES) else ", ".join(users)
        lines.append(f"| `{name.upper()}` | {of} | {_shown(default)} | {description} |")
    lines += ["", "## Settings of older systems", "", "| was | is now |", "|---|---|"]
    lines += [f"| `{name}` | {now} |" for name, now in SEEDS]
    return "\n".join(lines) + "\n"


def _shown(default: Any) -> str:
    if default is PydanticUndefined:
        return ""
    return ",".join(default) if isinstance(default, list) else str(default)
