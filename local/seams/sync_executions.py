"""StartSyncExecution, which moto's interpreter can do and its API does not offer.

Executions that were waited for are forgotten, as Express executions are: otherwise memory would
grow with every lead. The API has a host of its own, `sync-states`, which moto does not know.
"""

from __future__ import annotations

import copy
import re
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from moto import backend_index
from moto.core.responses import ActionResult
from moto.stepfunctions import urls
from moto.stepfunctions.parser.backend.execution import SyncExecution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.parser.utils import TMP_THREADS
from moto.stepfunctions.responses import StepFunctionResponse

from local.seams.replacing import replace

_HOST: Final = r"https?://sync-states\.(.+)\.amazonaws\.com"
_stock_start = StepFunctionsParserBackend.start_execution


def _start_named(
    self: Any, state_machine_arn: str, name: Any = None, *more: Any, **how: Any
) -> Any:
    """moto names every unnamed execution None, and refuses the second of that name."""
    return _stock_start(self, state_machine_arn, name or str(uuid.uuid4()), *more, **how)


def _start_sync_execution(self: Any) -> ActionResult:
    backend = self.stepfunction_backend
    machine = backend.describe_state_machine(self._get_param("stateMachineArn"))
    name = self._get_param("name") or str(uuid.uuid4())
    # The machine holds its executions and its backend: neither can nor need be copied.
    memo = {id(machine.executions): [], id(machine.backend): machine.backend}
    clone = copy.deepcopy(machine, memo)
    arn = f"arn:aws:states:{backend.region_name}:{backend.account_id}:express:{machine.name}:{name}"
    execution = SyncExecution(
        name=name,
        sm_type=clone.sm_type,
        role_arn=clone.roleArn,
        exec_arn=arn,
        account_id=backend.account_id,
        region_name=backend.region_name,
        state_machine=clone,
        start_date=datetime.now(UTC),
        cloud_watch_logging_session=None,
        input_data=self._get_param("input", if_none="{}"),
        trace_header=None,
        activity_store={},
    )
    execution.start()
    # moto only ever adds to this list; the threads of others that still run need it no more.
    TMP_THREADS.clear()
    return ActionResult(dict(execution.to_start_sync_execution_output()))


def install() -> None:
    """Adds the action, at the host that boto calls for it and at the plain one."""
    if _HOST not in urls.url_bases:
        urls.url_bases.append(_HOST)
        backend_index.backend_url_patterns.append(("stepfunctions", re.compile(_HOST)))
    replace(StepFunctionResponse, start_sync_execution=_start_sync_execution)
    replace(StepFunctionsParserBackend, start_execution=_start_named)
