"""Who may do what on the laptop: every function calls with its own role, and the role decides.

Policies are read where AWS keeps them: in the roles, queues and buses that moto holds. What stands
here knows IAM's rules, not moto's requests (`local.seams.access_checks`) nor the blueprint.
"""

from local.access.access import Access, Refusal, RefusedError, Session
from local.access.calls import Need

__all__ = ["Access", "Need", "Refusal", "RefusedError", "Session"]
