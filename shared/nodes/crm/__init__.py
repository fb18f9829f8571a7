"""Nodes for what the CRM has."""
