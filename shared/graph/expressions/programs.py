"""Texts made into programs once, and run under a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Template, TemplateSyntaxError, Undefined, UndefinedError, nodes, pass_context
from jinja2.runtime import Context

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.operators import join, kind_of
from shared.graph.expressions.output import json_value, text_of
from shared.graph.expressions.rewriting import (
    inspect,
    paths,
    rewrite,
    taken,
    with_placeholders,
)
from shared.graph.expressions.sandbox import BUDGET, Sandbox, budget_of, sandbox

MAX_TEXT: Final = 65_536
Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Program:
    """A text that was read, checked and compiled."""

    template: Template
    typed: bool
    """Whether it is one expression, whose value keeps its type."""
    paths: tuple[tuple[str, ...], ...]

    def run(self, scope: Scope, budget: Budget | None = None) -> Any:
        """The value, or the text.

        Raises:
            ExpressionError: it cannot be had, or costs too much.
        """
        budget = budget or Budget()
        context = self.template.new_context({**scope, BUDGET: budget})
        try:
            pieces = []
            for piece in self.template.root_render_func(context):
                budget.spend()
                budget.write(len(piece))
                pieces.append(piece)
            return json_value(budget.read(budget.value)) if self.typed else "".join(pieces)
        except ExpressionError:
            raise
        except UndefinedError as error:
            raise self._missing(scope, error) from None
        except Exception as error:  # whatever a user's text provokes is the text's error
            raise ExpressionError(_said(error), "check the values that it works on") from error

    def _missing(self, scope: Scope, error: UndefinedError) -> ExpressionError:
        said = error.message or ""
        missing = [path for path in self.paths if not _stands(scope, path)]
        named = [path for path in missing if f"'{path[-1]}'" in said] or missing
        problem = f"{'.'.join(named[0])} is missing" if named else said
        return ExpressionError(problem, "correct the path, or use the filter default")


@lru_cache(maxsize=1024)
def template_program(text: str) -> Program:
    """The program of a template, in which what is missing is empty."""
    tree = _parsed(_LENIENT, text)
    inspect(tree)
    with_placeholders(tree)
    only = _only_expression(tree)
    return _compiled(_LENIENT, tree, only)


@lru_cache(maxsize=1024)
def expression_program(text: str) -> Program:
    """The program of an expression, in which what is missing is an error."""
    tree = _parsed(_STRICT, "{{ " + text + "\n}}")
    inspect(tree)
    only = _only_expression(tree)
    if only is None:
        raise ExpressionError("this is no single expression", "write one, such as data.value > 3")
    return _compiled(_STRICT, tree, only)


def _parsed(environment: Sandbox, text: str) -> nodes.Template:
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"the text has {len(text)} characters", f"write at most {MAX_TEXT}")
    try:
        return environment.parse(text)
    except TemplateSyntaxError as error:
        raise ExpressionError(
            f"line {error.lineno} does not parse: {error.message}", "correct the syntax"
        ) from None
    except (RecursionError, ValueError, OverflowError, MemoryError) as error:
        raise ExpressionError(f"the text does not parse: {_said(error)}", "simplify it") from None


def _compiled(environment: Sandbox, tree: nodes.Template, only: nodes.Expr | None) -> Program:
    found = tuple(paths(tree))
    rewrite(tree)
    try:
        code = environment.compile(taken(tree) if only else tree)
        template = Template.from_code(environment, code, environment.globals)
        return Program(template, only is not None, found)
    except (TemplateSyntaxError, SyntaxError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"the text does not compile: {_said(error)}", "simplify it") from None


def _only_expression(tree: nodes.Template) -> nodes.Expr | None:
    match tree.body:
        case [nodes.Output(nodes=[only])] if not isinstance(only, nodes.TemplateData):
            return only
    return None


def _stands(scope: Any, path: tuple[str, ...]) -> bool:
    for step in path:
        if isinstance(scope, Mapping) and step in scope:
            scope = scope[step]
        elif isinstance(scope, (list, str)) and step.isdigit() and int(step) < len(scope):
            scope = scope[int(step)]
        else:
            return False
    return True


def _said(error: BaseException) -> str:
    return str(error).split("\n")[0][:200] or type(error).__name__


@pass_context
def _each(context: Context, items: Any) -> Any:
    return budget_of(context).counted(items)


@pass_context
def _concat(context: Context, parts: list[Any]) -> str:
    budget = budget_of(context)
    return join(budget, [text_of(budget, part) for part in parts])


@pass_context
def _made(context: Context, value: Any) -> Any:
    return budget_of(context).built(value)


@pass_context
def _slice(context: Context, value: Any, *bounds: Any) -> Any:
    if isinstance(value, Undefined):
        return value[0]  # missing stays missing, or is an error
    if not isinstance(value, (str, list, tuple)):
        raise TypeError(f"{kind_of(value)} has no parts; slice a text or a list")
    return budget_of(context).built(value[slice(*bounds)])


@pass_context
def _read(context: Context, value: Any) -> Any:
    return budget_of(context).read(value)


@pass_context
def _take(context: Context, value: Any) -> str:
    if isinstance(value, Undefined):
        str(value)  # strict: a bare path that is missing is an error as well
    budget_of(context).value = value
    return ""


def _ready(environment: Sandbox) -> Sandbox:
    hidden = (_each, _concat, _made, _slice, _read, _take)
    environment.filters.update({function.__name__: function for function in hidden})
    return environment


_LENIENT: Final = _ready(sandbox(strict=False))
_STRICT: Final = _ready(sandbox(strict=True))
