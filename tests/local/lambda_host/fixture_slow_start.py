"""A function whose start is long enough for another's to overlap it."""

import os
import time
from pathlib import Path

with Path(os.environ["STARTS"]).open("a", buffering=1) as starts:
    starts.write("begins\n")
    time.sleep(0.2)
    starts.write("ready\n")


def handler(event, context):
    return None
