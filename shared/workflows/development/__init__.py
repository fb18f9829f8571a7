"""Development mode: a node, a path or the whole of a draft is run, and what nodes gave is kept.

    bench.node(tenant, "wf", "score", given={"value": 7})  # runs one node on what stands before it
    bench.until(tenant, "wf", "score")                     # runs what is missing or stale, and it
    bench.output(tenant, "wf", "score").stale              # nothing, or why it no longer counts

An output is kept under a hash of the node's form and of what entered it; it ends after a day. Pins
stand above outputs until they are taken off.
"""
