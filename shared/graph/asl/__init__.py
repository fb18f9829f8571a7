"""The durable engine before anything runs: flows compiled to Amazon States Language.

The states fix an order and nothing else: any order in which each node stands behind its sources is
right, structure only buys parallelism. What is live, what enters a node and what a run's result is
decides `shared.graph.settle`, in the tasks, exactly as inline.
"""
