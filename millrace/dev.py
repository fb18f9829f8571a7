"""`millrace dev`: the platform on this machine."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Final

import typer

from millrace.failing import CommandError
from millrace.options import ROOT

PASSED_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}


def dev(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[OPTIONS]", help="Those of `make run`.")
    ] = None,
) -> None:
    """Serve the whole platform here; takes the options of `make run` (`millrace dev --help`)."""
    try:
        os.chdir(ROOT)
        # This process becomes the platform, so that a signal to it is a signal to the platform.
        os.execv(sys.executable, [sys.executable, "-m", "local", *(arguments or [])])  # noqa: S606
    except OSError as error:
        raise CommandError(
            f"{ROOT} cannot serve the platform ({error.strerror}); run `make install` there"
        ) from None
