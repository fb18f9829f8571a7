"""Nodes that tell people something."""
