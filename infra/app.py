"""The CDK app: the stacks of one stage, and what each needs from the others.

Importing this starts Node; `infra.node` is asked to choose it first.
"""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from infra.assets.bundling import NOT_NOW
from infra.assets.kinds import ROOT
from infra.config import StageConfig, StageError, stage_config
from infra.constructs.dashboard import Dashboard
from infra.stacks.application import ApplicationStack
from infra.stacks.chat import ChatStack
from infra.stacks.data import DataStack
from infra.stacks.events import EventsStack
from infra.stacks.workflows import WorkflowsStack
from shared.consumers.declaration import load_declarations
from shared.pipelines.definition import load_definitions


def new_app(outdir: Path | None = None, *, validate: bool = False, bundle: bool = False) -> cdk.App:
    """An empty app with the context of `cdk.json`, as the CDK's command line would give it.

    Args:
        validate: check the templates against CloudFormation's schemas, which takes three times
            as long as the synthesis; a deployment does, the blueprint needs no more than tests.
        bundle: build the assets, unless the CDK's command line says that it needs none.
    """
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return cdk.App(
        outdir=str(outdir) if outdir else None,
        context=context if bundle else {**context, **NOT_NOW},
        analytics_reporting=False,
        builtin_cloud_formation_validation=validate,
    )


def config_of(app: cdk.App) -> StageConfig:
    """The settings of the stage that the context names."""
    stage = app.node.get_context("stage")
    told = app.node.try_get_context("stages") or {}
    if not isinstance(told, dict):
        raise StageError("stages is an object by stage; write it in cdk.json, not after -c")
    return stage_config(stage, told.get(stage))


def add_stacks(app: cdk.App) -> None:
    """Puts the stacks of the stage that the context names into the app."""
    config = config_of(app)
    data = DataStack(app, _name(config.stage, "data"), config)
    events = EventsStack(app, _name(config.stage, "events"), config, data)
    application = ApplicationStack(
        app,
        _name(config.stage, "application"),
        config,
        data=data,
        events=events,
        pipelines=load_definitions(ROOT),
        consumers=load_declarations(ROOT),
    )
    workflows = WorkflowsStack(
        app,
        _name(config.stage, "workflows"),
        config,
        data=data,
        events=events,
        application=application,
    )
    chat = ChatStack(app, _name(config.stage, "chat"), config, data=data, application=application)
    Dashboard(chat, "overview", [events, application, workflows, chat])
    data.alarms.hear_alarms_of(app)
    cdk.Tags.of(app).add("project", "millrace")
    cdk.Tags.of(app).add("stage", config.stage)


def _name(stage: str, stack: str) -> str:
    return f"millrace-{stage}-{stack}"
