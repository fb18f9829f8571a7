"""Conversations: sessions of one principal, tasks that are answered one after the other, limits.

docs/assistant.md tells of states, limits and what is kept.
"""
