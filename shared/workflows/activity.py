"""Whether an api workflow may be called: it is switched on and off, and only what stands runs."""

from __future__ import annotations

from shared.identity.rights import Right
from shared.workflows.errors import NotActiveError, NotForThisTypeError
from shared.workflows.publishing import Publishing
from shared.workflows.workflow import Workflow
from shared.workflows.workflows import Caller, Workflows


class Switch:
    """Switches workflows on and off."""

    def __init__(self, workflows: Workflows, publishing: Publishing) -> None:
        self._workflows = workflows
        self._publishing = publishing

    def activate(self, caller: Caller, workflow_id: str) -> Workflow:
        """Lets the workflow be called; what was drawn since is published first.

        Raises:
            NotForThisTypeError: it is no api workflow.
            WorkflowValidationError: the draft cannot run.
        """
        now = Caller(caller.principal)
        if not self._stands(caller.principal.tenant, self._api(caller, workflow_id)):
            self._publishing.publish(now, workflow_id, "activated")
        return self._workflows.switch(now, workflow_id, "active")

    def deactivate(self, caller: Caller, workflow_id: str) -> Workflow:
        """Lets nobody call it; runs that began go on.

        Raises:
            NotForThisTypeError: it is no api workflow.
        """
        self._api(caller, workflow_id)
        return self._workflows.switch(Caller(caller.principal), workflow_id, "inactive")

    def callable(self, tenant: str, workflow_id: str) -> Workflow:
        """The workflow, if it may be called.

        Raises:
            NotForThisTypeError: it is no api workflow.
            NotActiveError: it is switched off.
        """
        found = self._workflows.get(tenant, workflow_id)
        if found.type != "api":
            raise NotForThisTypeError(f"{found.name} is no api workflow; start it instead")
        if found.activity != "active":
            raise NotActiveError(f"{found.name} is not active; activate it first")
        return found

    def _api(self, caller: Caller, workflow_id: str) -> Workflow:
        found = self._workflows.expected(caller, workflow_id, Right.WORKFLOWS_PUBLISH)
        if found.type != "api":
            raise NotForThisTypeError(
                f"{found.name} is a production workflow, and only api workflows are activated; "
                "start or stop it"
            )
        return found

    def _stands(self, tenant: str, workflow: Workflow) -> bool:
        if workflow.published is None:
            return False
        version = self._publishing.version(tenant, workflow.id, workflow.published)
        return version.graph == workflow.graph
