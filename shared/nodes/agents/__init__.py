"""Nodes that ask language models, and call tools."""
