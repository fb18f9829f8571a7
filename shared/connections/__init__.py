"""Credentials for other services: kept as secrets, sent only to the hosts they are meant for."""
