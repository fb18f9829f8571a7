"""AWS's rules for state machines, so that a definition that the laptop runs is one that AWS takes.

Each problem names the state and the mend.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

State = Mapping[str, Any]

MAX_BYTES: Final = 1_048_576
MAX_NAME: Final = 80
MAX_SECONDS: Final = 99_999_999
MAX_EXPRESS_SECONDS: Final = 300
MAX_INPUT_BYTES: Final = 262_144
_COMMON: Final = frozenset({"Type", "Comment", "Next", "End", "InputPath", "OutputPath"})
_RESULT: Final = frozenset({"Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"})
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "Task": _COMMON
    | _RESULT
    | {"Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds",
       "HeartbeatSecondsPath", "Credentials"},
    "Pass": _COMMON | {"Result", "ResultPath", "Parameters"},
    "Choice": frozenset({"Type", "Comment", "InputPath", "OutputPath", "Choices", "Default"}),
    "Wait": _COMMON | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Succeed": frozenset({"Type", "Comment", "InputPath", "OutputPath"}),
    "Fail": frozenset({"Type", "Comment", "Error", "ErrorPath", "Cause", "CausePath"}),
    "Parallel": _COMMON | _RESULT | {"Branches"},
    "Map": _COMMON
    | _RESULT
    | {"ItemProcessor", "ItemsPath", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter",
       "MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailureCount",
       "ToleratedFailurePercentage", "Label"},
}  # fmt: skip
_TERMINAL: Final = frozenset({"Choice", "Succeed", "Fail"})
_MACHINE: Final = frozenset({"Comment", "StartAt", "States", "TimeoutSeconds", "Version"})
_RETRIER: Final = frozenset(
    {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
     "JitterStrategy", "Comment"}
)  # fmt: skip


def check(definition: Mapping[str, Any], kind: str = "STANDARD") -> list[str]:
    """Everything that Step Functions would refuse or never reach; nothing is well."""
    found = [f"{field}: no field of a machine; remove it" for field in definition.keys() - _MACHINE]
    size = len(json.dumps(definition, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        found.append(
            f"the definition has {size:,} bytes, AWS takes {MAX_BYTES:,}; "
            "set settings.granularity to region, or move a part into a sub-workflow"
        )
    seconds = definition.get("TimeoutSeconds")
    if kind == "EXPRESS" and (seconds is None or seconds > MAX_EXPRESS_SECONDS):
        found.append(f"TimeoutSeconds: an Express machine ends after {MAX_EXPRESS_SECONDS} s")
    names: dict[str, int] = {}
    found += _place(definition, kind, names)
    found += [f"{name}: {count} states have this name; rename" for name, count in names.items()
              if count > 1]  # fmt: skip
    return found


def check_input(value: Any) -> list[str]:
    """Whether a state's input is within AWS's limit."""
    size = len(json.dumps(value, separators=(",", ":")).encode())
    if size > MAX_INPUT_BYTES:
        return [f"the input has {size:,} bytes, a state takes {MAX_INPUT_BYTES:,}; pass references"]
    return []


def _place(place: State, kind: str, names: dict[str, int]) -> Iterator[str]:
    """Problems of a machine, a branch or an item processor."""
    made: Mapping[str, State] = place.get("States", {})
    start = place.get("StartAt")
    if start not in made:
        yield f"StartAt: there is no state {start!r}; name one that exists"
    for name, state in made.items():
        names[name] = names.get(name, 0) + 1
        for problem in _state(name, state, made, kind):
            yield f"{name}: {problem}"
        for inner in _inner(state):
            yield from _place(inner, kind, names)
    for name in made.keys() - _reached(made, start):
        yield f"{name}: nothing leads to it; remove it"


def _state(name: str, state: State, made: Mapping[str, State], kind: str) -> Iterator[str]:
    type_ = state.get("Type", "")
    if len(name) > MAX_NAME:
        yield f"a state's name has at most {MAX_NAME} characters; shorten it"
    if type_ not in _FIELDS:
        yield f"there is no type {type_!r}; use one of {', '.join(_FIELDS)}"
        return
    for field in sorted(state.keys() - _FIELDS[type_]):
        yield f"a {type_} has no field {field}; remove it"
    if type_ not in _TERMINAL and ("Next" in state) == ("End" in state):
        yield "needs either Next or End"
    for target in _targets(state):
        if target not in made:
            yield f"goes on to {target!r}, which is not in the same place; name a state beside it"
    yield from _CHECKS.get(type_, _nothing)(state, kind)
    yield from _errors(state)


def _task(state: State, kind: str) -> Iterator[str]:
    resource = str(state.get("Resource", ""))
    if not resource.startswith("arn:"):
        yield "Resource: no ARN; give one"
    for ending in (".sync", ".sync:2", ".waitForTaskToken"):
        if kind == "EXPRESS" and resource.endswith(ending):
            yield f"Resource: Express has no {ending}; make the machine Standard"
    if resource.endswith(".waitForTaskToken") and "$$.Task.Token" not in json.dumps(state):
        yield "Parameters: pass $$.Task.Token, or the task never ends"
    for field in ("TimeoutSeconds", "HeartbeatSeconds"):
        value = state.get(field, 1)
        if not isinstance(value, int) or not 0 < value <= MAX_SECONDS:
            yield f"{field}: {value} is not between 1 and {MAX_SECONDS}"
    if "TimeoutSeconds" in state and "TimeoutSecondsPath" in state:
        yield "TimeoutSeconds: give it or TimeoutSecondsPath, not both"


def _choice(state: State, _: str) -> Iterator[str]:
    if not state.get("Choices"):
        yield "Choices: empty; give at least one rule"
    if "Default" not in state:
        yield "Default: missing; a state that matches nothing fails the execution"


def _wait(state: State, _: str) -> Iterator[str]:
    given = state.keys() & {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
    if len(given) != 1:
        yield "give exactly one of Seconds, SecondsPath, Timestamp and TimestampPath"


def _parallel(state: State, _: str) -> Iterator[str]:
    if not state.get("Branches"):
        yield "Branches: empty; give at least one"


def _map(state: State, kind: str) -> Iterator[str]:
    mode = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    if mode.get("Mode") == "DISTRIBUTED" and kind == "EXPRESS":
        yield "ItemProcessor: Express has no distributed map; make the machine Standard"
    if mode.get("Mode") == "DISTRIBUTED" and "ExecutionType" not in mode:
        yield "ItemProcessor.ProcessorConfig.ExecutionType: missing; STANDARD or EXPRESS"


def _errors(state: State) -> Iterator[str]:
    for field in ("Retry", "Catch"):
        rules = state.get(field, ())
        for number, rule in enumerate(rules):
            errors = rule.get("ErrorEquals", ())
            if not errors:
                yield f"{field}[{number}].ErrorEquals: empty; name an error"
            last = number == len(rules) - 1
            if "States.ALL" in errors and (len(errors) > 1 or not last):
                yield f"{field}[{number}]: States.ALL stands alone and last"
    for number, rule in enumerate(state.get("Retry", ())):
        for problem in _retrier(rule):
            yield f"Retry[{number}].{problem}"


def _retrier(rule: State) -> Iterator[str]:
    for field in sorted(rule.keys() - _RETRIER):
        yield f"{field}: no field of a retrier; remove it"
    interval, most = rule.get("IntervalSeconds", 1), rule.get("MaxDelaySeconds")
    if not isinstance(interval, int) or interval < 1:
        yield f"IntervalSeconds: {interval} is no whole number from 1"
    if rule.get("BackoffRate", 2.0) < 1:
        yield "BackoffRate: below 1"
    if most is not None and not interval < most < 31_622_400:
        yield f"MaxDelaySeconds: {most} must be above IntervalSeconds and below 31622400"
    if not 0 <= rule.get("MaxAttempts", 3) <= 99_999_999:
        yield "MaxAttempts: at most 99999999"


def _nothing(*_: Any) -> Iterator[str]:
    yield from ()


_CHECKS: Final = {
    "Task": _task, "Choice": _choice, "Wait": _wait, "Parallel": _parallel, "Map": _map,
}  # fmt: skip


def _targets(state: State) -> Iterator[str]:
    for key in ("Next", "Default"):
        if key in state:
            yield state[key]
    for rule in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield rule.get("Next", "")


def _inner(state: State) -> Iterator[State]:
    yield from state.get("Branches", ())
    if "ItemProcessor" in state:
        yield state["ItemProcessor"]


def _reached(made: Mapping[str, State], start: Any) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in made and name not in seen:
            seen.add(name)
            waiting.extend(_targets(made[name]))
    return seen
