"""Runs programs that models wrote, in a function that may do nothing: see docs/agents.md."""
