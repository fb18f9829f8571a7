"""The commands, put together; the console script `millrace` calls `main`."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from millrace import (
    chat,
    dev,
    doctor,
    event_log,
    events,
    mail,
    new,
    quarantine,
    runs,
    trace,
    workflow,
)
from millrace.failing import CommandError
from millrace.output import say


class Sentences(TyperGroup):
    """Ends a command that fails with one sentence and its exit code, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command that was typed."""
        try:
            return super().invoke(ctx)
        except CommandError as error:
            say(f"millrace: {error}")
            raise typer.Exit(error.code) from None


app = typer.Typer(
    cls=Sentences,
    help="Operate and extend Millrace, on this laptop or wherever it is deployed.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: importing rich would take longer than everything else
    pretty_exceptions_enable=False,
)
app.command("dev", context_settings=dev.PASSED_ON, add_help_option=False)(dev.dev)
for name, group in {
    "events": events.app,
    "runs": runs.app,
    "quarantine": quarantine.app,
    "new": new.app,
    "workflow": workflow.app,
}.items():
    app.add_typer(group, name=name, no_args_is_help=True)
for name, command in event_log.COMMANDS.items():
    events.app.command(name)(command)
app.command("mail")(mail.mail)
app.command("chat")(chat.chat)
app.command("trace")(trace.trace)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Runs what was typed; ends the process."""
    app(prog_name="millrace")
