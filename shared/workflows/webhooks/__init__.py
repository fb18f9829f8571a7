"""Webhooks: addresses from which requests of others start workflows.

The id of an address is made by us and cannot be guessed; a row under its hash says whose it is. It
belongs to a webhook node of a workflow and stays the same through all publications, so that what
runs is whatever version stands when a request comes.
"""
