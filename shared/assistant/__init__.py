"""The chat assistant: one turn of a conversation, with tools that the code bounds, not the model.

`docs/assistant-safety.md` says what it may do when, and what was tried against it.
"""
