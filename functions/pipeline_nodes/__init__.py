"""Event pipelines: a folder each, in it `pipeline.py` (shape and events) and a module per node.

Adding a folder is all there is to adding a pipeline. `starter` is the one function that is not
a node: it runs a pipeline for an event and keeps the result.
"""
