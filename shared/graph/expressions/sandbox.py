"""The Jinja2 environment: sandboxed, without Python attributes, every operator measured."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import ChainableUndefined, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.graph.expressions import filters, operators
from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.methods import CALLED, FUNCTIONS, Allowed, method
from shared.graph.expressions.output import text_of

BUDGET: Final = "_budget"
"""Where a rendering's budget stands in its context; no text can name it."""

_LOOP: Final = frozenset(
    ["index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"]
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Looks up keys and items, never attributes of Python, and calls only what is offered."""

    intercepted_binops = frozenset(operators.SIGNS)
    intercepted_unops = frozenset()

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of an object, a name of the loop, or an offered method where it is called."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            return obj[attribute]
        name = attribute.removeprefix(CALLED)
        found = method(obj, name) if name != attribute else None
        return found or self.undefined(obj=obj, name=name)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key of an object, or an item, character or slice of a list or text."""
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, dict):
            found = isinstance(argument, str) and argument in obj
            return obj[argument] if found else self.undefined(obj=obj, name=argument)
        try:
            if isinstance(obj, (list, tuple, str)) and isinstance(argument, (int, slice)):
                return obj[argument]
        except IndexError:
            pass
        if isinstance(argument, str) and argument.isdigit():
            return self.getitem(obj, int(argument))  # `data.items.0`, as the filters' paths read
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """See `operators.apply`."""
        return operators.apply(budget_of(context), operator, left, right)

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Calls what is offered.

        Raises:
            ExpressionError: something else is called.
        """
        if not isinstance(__obj, Allowed):
            raise ExpressionError(
                "the text calls what is no function",
                f"call one of {', '.join(sorted(FUNCTIONS))}, or a method of a text or an object",
            )
        given = {name: kwargs[name] for name in kwargs if not name.startswith("_")}
        return __obj(budget_of(__context), *args, **given)


def budget_of(context: Context) -> Budget:
    """The budget of the rendering that the context belongs to."""
    budget: Budget = context.parent[BUDGET]
    return budget


@pass_context
def _finalize(context: Context, value: Any) -> str:
    return text_of(budget_of(context), value)


def sandbox(*, strict: bool) -> Sandbox:
    """An environment; `strict` makes what is missing an error."""
    made = Sandbox(
        undefined=StrictUndefined if strict else ChainableUndefined,
        optimized=False,  # constants are calculated under a budget too
        keep_trailing_newline=True,
        autoescape=False,
        finalize=_finalize,
        cache_size=0,
    )
    made.globals = dict(FUNCTIONS)
    made.filters = dict(filters.FILTERS)
    made.tests = dict(filters.TESTS)
    return made
