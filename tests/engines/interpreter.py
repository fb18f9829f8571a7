"""The part of Amazon States Language that compiled flows use, without pauses.

Moto's interpreter is the judge (`test_engines_agree`); this one makes thousands of graphs and
crashes at chosen places cheap.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from typing import Any

Invoke = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class ExecutionFailed(Exception):  # noqa: N818
    """The execution ended with this error."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


class Interpreter:
    """Interprets a definition; `invoke` is the function, `answered` hears of tokens."""

    def __init__(self, invoke: Invoke, answered: Callable[[dict[str, Any]], object]) -> None:
        self.invoke, self.answered = invoke, answered
        self.transitions = 0
        self.calls = 0

    async def run(self, machine: dict[str, Any], given: Any) -> Any:
        """The output of a place."""
        name, data = machine["StartAt"], given
        while name is not None:
            state = machine["States"][name]
            self.transitions += 1
            assert self.transitions < 10_000, f"{name}: goes round for ever"
            name, data = await getattr(self, state["Type"].lower())(state, copy.deepcopy(data))
        return data

    async def task(self, state: dict[str, Any], data: Any) -> Any:
        tries = 0
        while True:
            payload = _filled(state["Parameters"]["Payload"], data, tries)
            try:
                self.calls += 1
                answer = await self.invoke(payload)
                break
            except Exception as error:
                name = type(error).__name__
                if _retried(state, name, tries):
                    tries += 1
                    continue
                return _caught(state, data, name, str(error))
        if state["Resource"].endswith(".waitForTaskToken"):
            self.answered(payload)
            return state["Next"], data
        return state.get("Next"), answer

    async def choice(self, state: dict[str, Any], data: Any) -> Any:
        for rule in state["Choices"]:
            if any(_holds(part, data) for part in rule.get("Or", [rule])):
                return rule["Next"], data
        return state["Default"], data

    async def wait(self, state: dict[str, Any], data: Any) -> Any:
        assert _at(data, state["TimestampPath"])
        return state["Next"], data

    async def succeed(self, state: dict[str, Any], data: Any) -> Any:
        return None, data

    async def parallel(self, state: dict[str, Any], data: Any) -> Any:
        await asyncio.gather(*(self.run(branch, data) for branch in state["Branches"]))
        return state.get("Next"), data

    async def map(self, state: dict[str, Any], data: Any) -> Any:
        values = _at(data, state["ItemsPath"])
        given = [_filled(state["ItemSelector"], data, 0, value) for value in values]
        await asyncio.gather(*(self.run(state["ItemProcessor"], each) for each in given))
        return state.get("Next"), data


def _filled(template: dict[str, Any], data: Any, tries: int, item: Any = None) -> dict[str, Any]:
    found = {}
    for key, value in template.items():
        if key.endswith(".$"):
            special = {
                "$$.State.RetryCount": tries,
                "$$.Map.Item.Value": item,
                "$$.Task.Token": "token",
            }
            found[key[:-2]] = special[value] if value in special else _at(data, value)
        else:
            found[key] = value
    return found


def _at(data: Any, path: str) -> Any:
    for step in path.split(".")[1:]:
        data = data[step]
    return data


def _holds(rule: dict[str, Any], data: Any) -> bool:
    try:
        value = _at(data, rule["Variable"])
    except (KeyError, TypeError):
        if "IsPresent" in rule:
            return False
        raise
    if "IsPresent" in rule:
        return True
    return value == rule.get("StringEquals", rule.get("BooleanEquals"))


def _retried(state: dict[str, Any], error: str, tries: int) -> bool:
    return any(
        error in rule["ErrorEquals"] and tries < rule["MaxAttempts"]
        for rule in state.get("Retry", ())
    )


def _caught(state: dict[str, Any], data: Any, error: str, cause: str) -> Any:
    for rule in state.get("Catch", ()):
        data[rule["ResultPath"].removeprefix("$.")] = {"Error": error, "Cause": cause}
        return rule["Next"], data
    raise ExecutionFailed(error, cause)
