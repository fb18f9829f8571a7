"""Strict schemas say what the client's own would, and refuse what none can say."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from shared.llm.schemas import strict_schema
from shared.llm.tools import Tool


class Colour(Enum):
    RED = "red"


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str = Field(description="Its name.")


class Dog(BaseModel):
    kind: Literal["dog"]
    title: str


class Everything(BaseModel):
    """All shapes."""

    text: str = Field(description="A text.", min_length=1)
    maybe: int | None = None
    counted: Annotated[int, Field(ge=1, le=5)] = 3
    colour: Colour = Field(Colour.RED, description="A colour.")
    inner: Cat = Field(description="With words beside the reference.")
    either: Cat | Dog
    chosen: Annotated[Cat | Dog, Field(discriminator="kind")]
    many: list[Dog]
    default: str = "a field may be called so"


class Empty(BaseModel):
    """Nothing."""


class Tree(BaseModel):
    value: str
    children: list[Tree]


def bare(node: Any, named: bool = False) -> Any:
    """Without what is of no account to a model."""
    if isinstance(node, list):
        return [bare(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {
        k: v for k, v in node.items() if named or k not in {"title", "default", "discriminator"}
    }
    named_here = ("properties", "$defs")
    made = {k: bare(v, named=k in named_here and not named) for k, v in kept.items()}
    if "oneOf" in made and not named:
        made["anyOf"] = made.pop("oneOf")
    return made


@pytest.mark.parametrize("model", [Everything, Empty, Tree, Cat])
def test_it_is_what_the_client_makes_of_the_model(model):
    from openai import pydantic_function_tool

    theirs = pydantic_function_tool(model)["function"]["parameters"]
    assert bare(strict_schema(model)) == bare(theirs)


def test_every_object_is_closed_and_requires_all_it_has():
    def check(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
            for part in node.values():
                check(part)

    check(strict_schema(Everything))
    assert {"title", "default"} <= {*strict_schema(Dog)["properties"], "default"}


def test_free_keys_are_refused_by_the_name_of_the_field():
    class Free(BaseModel):
        given: dict[str, int]

    with pytest.raises(TypeError, match=r"Free\.given takes any keys; give it a model"):
        strict_schema(Free)


def test_a_tool_takes_its_words_from_the_model():
    tool = Tool.of(Everything, "everything")
    assert (tool.name, tool.description, tool.strict) == ("everything", "All shapes.", True)
