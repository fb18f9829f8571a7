"""Nodes that connect the loops of a production flow."""
