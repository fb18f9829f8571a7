"""The CDK app: the only description of what is deployed, and the writer of its blueprint.

Nothing here imports function code but each pipeline's `pipeline.py`, which names its nodes
without importing them. `fingerprint` imports the standard library only: the laptop calls it.
"""
