"""Who may call what is not only a matter of roles: queues and functions have policies."""

from __future__ import annotations

import pytest

from local.access import Access
from local.blueprint import BlueprintError, load
from local.platform import ROOT
from local.provision import Deployment, provision
from local.provision.rights import require_rights
from local.seams import policies


def test_a_resource_that_lets_nobody_in(local):
    said = {
        "LeadPipelineQueuePolicy": "does not let rule LeadPipelineRule send",
        "ApiMayCallCrm": "function:CrmFunction",
        "ApiMayCallAuthorizer": "does not let Authorizer invoke it",
    }
    whole = load(ROOT / "infra" / "blueprint")
    less = {name: one for name, one in whole.items() if name not in said}
    deployment = provision(less, Deployment({}, {}))
    with pytest.raises(BlueprintError) as caught:
        require_rights(less, deployment, Access(policies.of_role, policies.of_resource))
    found = str(caught.value).splitlines()
    for refused in said.values():
        assert [line for line in found if refused in line], refused
    assert [line for line in found if not any(one in line for one in said.values())] == []
