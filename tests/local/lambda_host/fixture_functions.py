"""Functions that behave well and badly."""

import os
import random
import sys
import time

import uuid_utils


def echo(event, context):
    return {
        "event": event,
        "who": context.function_name,
        "pid": os.getpid(),
        "env": os.getenv("MARK"),
    }


def left(event, context):
    return context.get_remaining_time_in_millis()


def fail(event, context):
    raise ValueError("bad input")


def hang(event, context):
    print(os.getpid(), flush=True)  # noqa: T201 - says that it has begun
    time.sleep(60)


def die(event, context):
    os._exit(3)


def unserialisable(event, context):
    return object()


def say(event, context):
    print("a line")  # noqa: T201 - what is tested


def surroundings(event, context):
    return {
        "variables": dict(os.environ),
        "modules": sorted(sys.modules),
        "open": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "random": random.random(),
        "id": str(uuid_utils.uuid7()),
    }
