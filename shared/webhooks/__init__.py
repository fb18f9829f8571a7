"""Webhooks out: events of a tenant, signed and delivered to its endpoints (Standard Webhooks)."""
