"""What the functions are made of. A package here knows nothing of the packages above it.

Order, lowest first: platform; events, identity; crm, pipelines. Nothing here imports
`functions`, `infra` or `local`.
"""
