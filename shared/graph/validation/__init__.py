"""Validation: every problem at once, each naming node, field, problem and fix."""

from shared.graph.validation.bill import Bill, estimate
from shared.graph.validation.node_validator import NodeValidator, validate
from shared.graph.validation.problem import Problem, Report

__all__ = ["Bill", "NodeValidator", "Problem", "Report", "estimate", "validate"]
