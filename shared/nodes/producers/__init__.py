"""Nodes that start iterations."""
