"""What a text may contain, and where its tree is made to count.

A parsed text is walked once. A node that is not on the list is refused by name; loops, literals,
comparisons and joined texts are wrapped into hidden filters that charge the budget.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from jinja2 import nodes

from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.filters import FILTERS, TESTS
from shared.graph.expressions.methods import CALLED, FUNCTIONS

DEPTH: Final = 40
"""How deep a text may nest."""
PREFIX: Final = "_"

_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign,
    nodes.With, nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call,
    nodes.Keyword, nodes.Compare, nodes.Operand, nodes.Concat, nodes.CondExpr, nodes.BinExpr,
    nodes.UnaryExpr,
)  # fmt: skip
_RESERVED: Final = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z]\w*(?:\.[A-Za-z0-9]\w*)*)\}")


def inspect(tree: nodes.Template) -> None:
    """Refuses what a text must not contain.

    Raises:
        ExpressionError: names the first thing that is not offered.
    """
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEPTH:
            raise ExpressionError(f"the text nests deeper than {DEPTH}", "split it up")
        if not isinstance(node, _ALLOWED):
            raise ExpressionError(
                f"{type(node).__name__} is not offered", "use expressions, for, if and set"
            )
        if refuse := _REFUSALS.get(type(node)):
            refuse(node)
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def rewrite(node: nodes.Node) -> nodes.Node:
    """The same tree with everything that can multiply charged to the budget."""
    for name, child in node.iter_fields():
        if isinstance(child, nodes.Node):
            setattr(node, name, rewrite(child))
        elif isinstance(child, list):
            setattr(node, name, list(_rewritten(child)))
    charge = _CHARGES.get(type(node))
    return charge(node) if charge else node


def taken(tree: nodes.Template) -> nodes.Template:
    """The tree of one expression, changed so that it hands its value to the budget."""
    output = next(tree.find_all(nodes.Output))
    output.nodes = [_hidden("take", expression) for expression in output.nodes]
    return tree


def paths(tree: nodes.Node) -> Iterator[tuple[str, ...]]:
    """The dotted paths that a text reads from its scope, in its order."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            waiting += [*reversed([*node.args, *node.kwargs]), node.node.node]
        elif found := _path(node):
            yield from [found] if found[0] not in own | FUNCTIONS.keys() | {"loop"} else []
        else:
            waiting.extend(reversed([*node.iter_child_nodes()]))


def with_placeholders(tree: nodes.Template) -> nodes.Template:
    """The tree with each `${name}` of its plain text read from `variables`."""
    for output in tree.find_all(nodes.Output):
        output.nodes = [part for child in output.nodes for part in _split(child)]
    return tree


def _rewritten(children: list[Any]) -> Iterator[Any]:
    return (rewrite(c) if isinstance(c, nodes.Node) else c for c in children)


def _charge_call(node: nodes.Call) -> nodes.Node:
    if isinstance(node.node, nodes.Getattr):
        node.node.attr = CALLED + node.node.attr
    return node


def _charge_loop(node: nodes.For) -> nodes.Node:
    node.iter = _hidden("each", node.iter)
    return node


def _charge_comparison(node: nodes.Compare) -> nodes.Node:
    node.expr = _hidden("read", node.expr)
    for operand in node.ops:
        operand.expr = _hidden("read", operand.expr)
    return node


def _charge_slice(node: nodes.Getitem) -> nodes.Node:
    if not isinstance(node.arg, nodes.Slice):
        return node
    bounds = (node.arg.start, node.arg.stop, node.arg.step)
    given = [bound or nodes.Const(None, lineno=node.lineno) for bound in bounds]
    return _hidden("slice", node.node, given)


def _charge_literal(node: nodes.Expr) -> nodes.Node:
    stored = isinstance(node, nodes.Tuple) and node.ctx != "load"
    return node if stored else _hidden("made", node)


def _charge_concat(node: nodes.Concat) -> nodes.Node:
    return _hidden("concat", nodes.List(node.nodes, lineno=node.lineno))


def _hidden(name: str, node: nodes.Node, given: Sequence[nodes.Expr] = ()) -> nodes.Filter:
    line = node.lineno
    return nodes.Filter(node, PREFIX + name, [*given], [], None, None, lineno=line)


def _path(node: nodes.Node) -> tuple[str, ...] | None:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        head, step = _path(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        head, step = _path(node.node), str(node.arg.value)
    else:
        return None
    return (*head, step) if head else None


def _split(child: nodes.Expr) -> Iterator[nodes.Expr]:
    if not isinstance(child, nodes.TemplateData):
        yield child
        return
    pieces = _PLACEHOLDER.split(child.data)
    for at, piece in enumerate(pieces):
        if at % 2:
            found: nodes.Expr = nodes.Name("variables", "load", lineno=child.lineno)
            for step in piece.split("."):
                found = nodes.Getattr(found, step, "load", lineno=child.lineno)
            yield found
        elif piece:
            yield nodes.TemplateData(piece, lineno=child.lineno)


def _refuse_name(node: nodes.Name) -> None:
    if node.name.startswith(PREFIX) or node.name in _RESERVED:
        raise ExpressionError(f"the name {node.name} is not offered", "use a name without it")


def _refuse_attribute(node: nodes.Getattr) -> None:
    if node.attr.startswith(PREFIX):
        raise ExpressionError(
            f".{node.attr} is not offered", f"for a key of data write ['{node.attr}']"
        )


def _refuse_filter(node: nodes.Filter) -> None:
    if node.node is None or node.name not in FILTERS:
        raise ExpressionError(
            f"there is no filter {node.name}", f"use one of {', '.join(sorted(FILTERS))}"
        )
    _refuse_spread(node)


def _refuse_test(node: nodes.Test) -> None:
    if node.name not in TESTS:
        raise ExpressionError(
            f"there is no test {node.name}", f"use one of {', '.join(sorted(TESTS))}"
        )
    _refuse_spread(node)


def _refuse_spread(node: nodes.Call | nodes.Filter | nodes.Test) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise ExpressionError("* and ** in a call are not offered", "write the arguments out")


def _refuse_loop(node: nodes.For) -> None:
    if node.recursive:
        raise ExpressionError("recursive loops are not offered", "nest two loops instead")


_REFUSALS: Final[dict[type, Callable[[Any], None]]] = {
    nodes.Name: _refuse_name,
    nodes.Getattr: _refuse_attribute,
    nodes.Filter: _refuse_filter,
    nodes.Test: _refuse_test,
    nodes.Call: _refuse_spread,
    nodes.For: _refuse_loop,
}
_CHARGES: Final[dict[type, Callable[[Any], nodes.Node]]] = {
    nodes.Call: _charge_call,
    nodes.For: _charge_loop,
    nodes.Compare: _charge_comparison,
    nodes.Getitem: _charge_slice,
    nodes.List: _charge_literal,
    nodes.Tuple: _charge_literal,
    nodes.Dict: _charge_literal,
    nodes.Concat: _charge_concat,
}
