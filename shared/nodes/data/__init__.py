"""Nodes that look at data, or change it."""
