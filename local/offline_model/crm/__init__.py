"""The grammar of CRM commands: what the offline model understands of a user of the assistant.

A command is one class in one file of `commands`: how people say it, and which tools it calls in
which order. `docs/offline-model.md` is made from these classes.
"""

from local.offline_model.crm.answering import reply

__all__ = ["reply"]
