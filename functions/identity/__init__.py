"""The authorizer: turns credentials into a principal, for every API."""
