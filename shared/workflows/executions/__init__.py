"""Runs of workflows: how they start, what is known of them, and how they end.

The record of a run, node by node, is `shared.graph.durable`'s. Here is the execution: one row that
lists are made of, whose changes are written together with the record's header and an event.
"""
