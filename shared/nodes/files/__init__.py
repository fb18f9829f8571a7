"""Nodes that read and write files, in the tenant's own space or in its buckets."""
