"""The smallest pipeline: one node that says that it ran."""
