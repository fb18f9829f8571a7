"""The grammar of CRM commands: what the offline model understands of a user of the assistant.

A command is one class in one file of `commands`: how people say it, and which tools it calls in
which order. `docs/offline-model.md` is made from these classes.

A command is read by the frame of a sentence (`move … to …`) around free text, for a name may hold
any word. A grammar of tokens, as parser generators want it, would have to know names beforehand.
"""

from local.offline_model.crm.answering import reply

__all__ = ["reply"]
