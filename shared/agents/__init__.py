"""Agents: models that call tools, step by step, within limits, each step noted once.

`docs/agents.md` explains it. The tools that come with the platform are in `shared/tools/`.
"""
