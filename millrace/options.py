"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

ROOT: Final = Path(__file__).parent.parent
"""The checkout that this command was installed from."""

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Personal = Annotated[
    bool, typer.Option("--personal", help="Personal data too, for who may see leads.")
]
AsJsonLines = Annotated[bool, typer.Option("--json", help="One JSON document per line.")]
Url = Annotated[
    str, typer.Option(envvar="MILLRACE_URL", metavar="URL", help="The platform's HTTP API.")
]
Token = Annotated[
    str | None,
    typer.Option(
        envvar="MILLRACE_TOKEN",
        metavar="TOKEN",
        help="Access token or key; a laptop asks for none.",
    ),
]
AwsUrl = Annotated[
    str,
    typer.Option(
        envvar="MILLRACE_AWS_URL",
        metavar="URL",
        help="The laptop's AWS; `aws` is AWS itself, with your usual credentials.",
    ),
]
Bus = Annotated[str, typer.Option(metavar="NAME", help="The event bus.")]


def asking(personal: bool) -> str | None:
    """The parameter of a request that asks for personal data, or none."""
    return "true" if personal else None


Count = Annotated[int | None, typer.Option(min=1, metavar="N", help="Stop after so many.")]
Seconds = Annotated[
    float | None, typer.Option("--for", min=0, metavar="SECONDS", help="Stop after so long.")
]
Root = Annotated[
    Path, typer.Option(metavar="DIR", help="The checkout; else the one this is installed from.")
]

LOCAL_API: Final = "http://localhost:8000"
LOCAL_AWS: Final = "http://localhost:8001"
BUS: Final = "millrace"
