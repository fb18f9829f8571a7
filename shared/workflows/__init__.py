"""Workflows as their owners see them: drafts, published versions, which one stands.

What a graph means is `shared.graph`'s; how a request looks is the function's. Here is what may be
done with a workflow, and what is written when it is done.
"""
