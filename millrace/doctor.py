"""`millrace doctor`: what is missing here, and how to mend it."""

from __future__ import annotations

import typer

from millrace.failing import FAILED
from millrace.options import LOCAL_API, LOCAL_AWS, ROOT, AsJson, AwsUrl, Root, Url
from millrace.output import document, line, progress


def doctor(
    root: Root = ROOT,
    url: Url = LOCAL_API,
    aws_url: AwsUrl = LOCAL_AWS,
    as_json: AsJson = False,
) -> None:
    """Say what is missing on this machine and how to mend it."""
    from millrace.checks import checked

    with progress("Looking ...", shown=not as_json):
        found = checked(root, url, aws_url)
    missing = [check for check in found if not check.ok]
    if as_json:
        document({"ok": not missing, "checks": [check.as_document() for check in found]})
    else:
        for check in found:
            line(f"{'ok     ' if check.ok else 'missing'}  {check.what}: {check.found}")
            if not check.ok:
                line(f"         mend: {check.mend}")
    if missing:
        raise typer.Exit(FAILED)
