"""Arithmetic that a model should not do in its head."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError

Number = int | float
_MOST_BITS: Final = 4_096
_MOST_POWER: Final = 10_000
_MOST_DEPTH: Final = 60

_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: Final[dict[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class Calculation(ToolArguments):
    """What is calculated."""

    expression: str = Field(min_length=1, max_length=500, description="For example (2 + 3) * 4.5")


class Calculated(BaseModel):
    """What comes out."""

    result: int | float


class Calculator(BaseTool[Calculation]):
    """Numbers, brackets, + - * / // % ** and nothing else."""

    name = "calculator"
    description = "Calculates: + - * / // % ** and brackets, on numbers."
    Arguments = Calculation
    Result = Calculated
    timeout = 5.0
    example = {"expression": "(2 + 3) * 4.5"}

    async def execute(self, arguments: Calculation, context: ToolContext) -> Calculated:
        """Calculates."""
        try:
            tree = ast.parse(arguments.expression.strip(), mode="eval")
            return Calculated(result=_value(tree.body, _MOST_DEPTH))
        except ZeroDivisionError:
            raise ToolFailedError("DivisionByZero", "a division by zero") from None
        except OverflowError:
            raise ToolFailedError("TooLarge", "the result is too large") from None
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise ToolFailedError("NotArithmetic", "that is no arithmetic; write 2 * 3") from None


def _value(node: ast.expr, depth: int) -> Number:
    if depth == 0:
        raise ToolFailedError("TooLarge", "too many brackets; divide the calculation")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _bounded(_UNARY[type(op)](_value(operand, depth - 1)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            one, other = _value(left, depth - 1), _value(right, depth - 1)
            if isinstance(op, ast.Pow):
                _check_power(one, other)
            return _bounded(_BINARY[type(op)](one, other))
    raise ToolFailedError("NotArithmetic", "only numbers, brackets and + - * / // % ** are known")


def _check_power(base: Number, exponent: Number) -> None:
    """Before it is calculated: afterwards would be too late."""
    if abs(exponent) > _MOST_POWER:
        raise ToolFailedError("TooLarge", f"powers are at most {_MOST_POWER}")
    if isinstance(base, int) and base.bit_length() * max(exponent, 1) > _MOST_BITS:
        raise ToolFailedError("TooLarge", "the power is too large")


def _bounded(number: Any) -> Number:
    if isinstance(number, complex):
        raise ToolFailedError("NotArithmetic", "the result is no real number")
    if isinstance(number, int) and number.bit_length() > _MOST_BITS:
        raise ToolFailedError("TooLarge", "the number is too large")
    if isinstance(number, float) and (number != number or abs(number) == float("inf")):
        raise ToolFailedError("TooLarge", "the number is too large")
    return int(number) if isinstance(number, int) else float(number)
