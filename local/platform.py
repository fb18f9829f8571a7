"""The platform: everything that serves it, started and stopped in order."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import uvicorn
from moto import mock_aws
from moto.server import ThreadedMotoServer

from local import blueprint, seams
from local.access import Access, Refusal
from local.delivery.bus import BusDelivery
from local.delivery.queues import QueuePoller
from local.delivery.streams import StreamPoller
from local.demo import Demo
from local.flow_metrics import WithMetrics, read_line
from local.gateway import Gateway, Routes
from local.gateway.app import RequestLine
from local.gateway.authorizing import DemoCredentials
from local.lambda_host import FunctionSpec, InvocationResult, LambdaHost, name_of
from local.live_log import LiveLog
from local.mailbox import OPERATORS, Mailbox
from local.models import Models, Offline, OpenAI
from local.offline_model import OfflineModel
from local.ports import LOOPBACK, free_port, require_free
from local.provision import Deployment, provision
from local.provision.clients import aws, with_keys
from local.provision.rights import require_rights
from local.schedules.clock import ScheduleClock
from local.schedules.movable_time import MovableTime
from local.seams import policies, saved_machines
from local.snapshots import Snapshots
from local.weakness import Fault, Weakness
from shared.events.metrics import Tally

ROOT: Final = Path(__file__).parent.parent
_HEAD_START_SECONDS: Final = 2.0
_EARLY: Final = ("CrmFunction", "AuthorizerFunction")
"""Functions that the first request needs: they start while the rest is provisioned."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a platform is started."""

    port: int = 8000
    aws_port: int = 8001
    home: Path = field(default_factory=lambda: Path.cwd() / ".millrace")
    duplicate: bool = False
    """Deliver every event twice, as the real services may."""
    weak: int | None = None
    """The seed of what AWS does and moto does not (`local.weakness`); None does nothing of it."""
    now: datetime | None = None
    """Where the clock of schedules starts; None is the machine's own time."""
    quiet: bool = True
    """Write no live log."""
    root: Path = ROOT
    """The checkout whose blueprint and functions are run."""
    model_port: int = 0
    """Of the offline model; 0 is a free one."""
    openai: OpenAI | None = None
    """Asked instead of the offline model."""
    private_connections: bool = False
    """Whether workflows may ask servers of this machine."""


class Platform:
    """A running platform; use it as a context."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.log = LiveLog(quiet=options.quiet)
        self.metrics = Tally()
        self.port = options.port or free_port()
        self.aws_port = options.aws_port or free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.aws_url = f"http://{LOOPBACK}:{self.aws_port}"
        self.access = Access(
            policies.of_role, policies.of_resource, self._on_refusal, policies.assumed
        )
        self.weakness = Weakness(options.weak, duplicate=options.duplicate)
        self.snapshots = Snapshots(options.home, self.log.report)
        self.schedules = ScheduleClock(
            MovableTime(options.now), lru_cache(self._client_of), self.log.note, self.log.report
        )
        self.host: LambdaHost
        self.models: Models
        self.deployment: Deployment
        self._stack = contextlib.ExitStack()
        self._streams: dict[str, list[StreamPoller]] = {}
        self._delivering: list[StreamPoller | QueuePoller | ScheduleClock] = []
        self._stopping = threading.Event()
        self._answered = threading.Event()
        self.ready = threading.Event()
        """Set once events are delivered too."""

    def __enter__(self) -> Platform:
        """Starts everything; what was started is stopped again if a later part fails."""
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stops everything, the last started first, and writes the snapshot."""
        self._stopping.set()
        self._answered.set()
        self._stack.close()

    def table(self, logical_id: str) -> str:
        """The name of a table of the blueprint."""
        return self.deployment.name(logical_id)

    def _start(self, stack: contextlib.ExitStack) -> None:
        options = self.options
        require_free(self.port, "--port")
        require_free(self.aws_port, "--aws-port")
        options.home.mkdir(parents=True, exist_ok=True)
        self.models = options.openai or self._offline(stack)
        seams.prepare_environment(self.aws_port)
        self.host = LambdaHost(
            options.root,
            self.aws_url,
            lambda spec: self.access.credentials(spec.role, spec.name),
            self._on_function_line,
        )
        stack.callback(self.host.close)
        stack.enter_context(mock_aws(config={"stepfunctions": {"execute_state_machine": True}}))
        aws.cache_clear()
        seams.install(
            check=self.access.check,
            invoke=self._invoke_for_aws,
            deliver=BusDelivery(self.log.report, self.weakness),
            on_stream_record=self._on_stream_record,
            on_failed_event=self._on_failed_event,
            on_mail=Mailbox(options.home, self.log.note).keep,
            on_interpreter_awaited=self._answered.set,
        )
        seams.weaken(draw=self._fault, lag=self.weakness.lag)
        stack.callback(seams.strengthen)
        resources = blueprint.load(options.root / "infra" / "blueprint")
        deployment = Deployment(self._overrides(), self.snapshots.secrets(), self._add)
        self.deployment = provision(resources, deployment)
        require_rights(resources, deployment, self.access)
        self._keep_secrets()
        self.snapshots.restore()
        # Its access log would drown ours; the interpreter would print what went through a node.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
        server = ThreadedMotoServer(LOOPBACK, self.aws_port, verbose=False)
        server.start()
        stack.callback(server.stop)
        demo = Demo(
            deployment.attribute("UserPool", "Ref"),
            deployment.attribute("UserPoolClient", "Ref"),
            deployment.name("IdentityTable"),
        )
        demo.create()
        self.snapshots.start()
        stack.callback(self.snapshots.close)
        later = threading.Thread(target=self._finish, daemon=True, name="later")
        stack.callback(self._stop_delivery, later)
        self._serve(stack, demo)
        later.start()

    def _offline(self, stack: contextlib.ExitStack) -> Offline:
        if self.options.model_port:
            require_free(self.options.model_port, "--model-port")
        return Offline(stack.enter_context(OfflineModel(self.options.model_port)))

    def _add(self, spec: FunctionSpec) -> None:
        self.host.add(spec)
        if spec.name in _EARLY:
            self.host.prewarm(spec.name)

    def _finish(self) -> None:
        """What the first request does not need: state machines, then delivery."""
        # The first request has the processors to itself, if it comes at once.
        self._answered.wait(_HEAD_START_SECONDS)
        try:
            seams.install_interpreter(self.access.credentials)
            for create in self.deployment.later:
                create()
            saved_machines.make()
            if not self._stopping.is_set():
                self._deliver()
                self.ready.set()
                # The first event is not to wait for the imports of what it meets first.
                mappings = self.deployment.wiring.mappings
                names = [name_of(str(mapping["FunctionName"])) for mapping in mappings]
                start = self.host.prewarm_in_turn
                threading.Thread(target=start, args=(names,), daemon=True, name="prewarm").start()
        except Exception as error:  # the thread has nobody else to tell
            seams.interpreter_awaited.release()
            self.log.report("platform", f"delivery did not start: {error!r}")

    def _deliver(self) -> None:
        wiring = self.deployment.wiring
        for mapping in wiring.mappings:
            told = (mapping, self._invoke_event, self.log.report)
            if ":dynamodb:" in mapping["EventSourceArn"]:
                weak = self.options.weak is not None
                stream = StreamPoller(*told, *([self.weakness.copies] if weak else []))
                self._streams.setdefault(stream.table, []).append(stream)
                self._delivering.append(stream)
            else:
                self._delivering.append(QueuePoller(*told))
        self._delivering.append(self.schedules)
        for part in self._delivering:
            part.start()
        # What was pending when the last run ended, cleanly or not, is relayed now.
        if "SweeperFunction" in wiring.functions:
            threading.Thread(target=self._sweep, daemon=True, name="sweep").start()

    def _sweep(self) -> None:
        result = self._invoke_event("SweeperFunction", {"grace": 0})
        if result.failed and not self._stopping.is_set():
            self.log.report("SweeperFunction", str(result.error()))

    def _stop_delivery(self, later: threading.Thread) -> None:
        if later.is_alive():
            later.join()
        for part in self._delivering:
            part.close()
        # Functions end before moto does: what they had in hand is in the snapshot, and comes again.
        self.host.close()
        for part in self._delivering:
            part.join(1.0)

    def _serve(self, stack: contextlib.ExitStack, demo: Demo) -> None:
        origins = self._origins()
        gateway = Gateway(
            Routes.of(self.deployment.wiring.gateway),
            self.host.invoke,
            DemoCredentials(demo.mint, origins),
            self._on_request,
        )
        config = uvicorn.Config(
            WithMetrics(gateway, self.metrics),
            LOOPBACK,
            self.port,
            log_level="error",
            access_log=False,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True, name="gateway")
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)

        def stop() -> None:
            server.should_exit = True
            thread.join(5)

        stack.callback(stop)

    def _origins(self) -> list[str]:
        functions = self.deployment.wiring.functions
        crm = functions.get("CrmFunction")
        return crm.environment.get("ALLOWED_ORIGINS", "").split(",") if crm else []

    def _overrides(self) -> Mapping[str, str]:
        """Where a laptop is not AWS: nobody's DNS leads to its pool's keys or to its API.

        Only functions that declare one of these are given it.
        """
        return {
            "JWKS_URL": f"{self.aws_url}/{{pool}}/.well-known/jwks.json",
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "OPERATORS_MAIL": OPERATORS,
            "PRIVATE_CONNECTIONS": str(self.options.private_connections).lower(),
            **self.models.variables(),
        }

    def _keep_secrets(self) -> None:
        values = {
            name: attributes["Value"]
            for name, attributes in self.deployment.attributes.items()
            if "Value" in attributes
        }
        self.snapshots.keep_secrets(values)

    def _fault(self, access_key: str) -> Fault:
        """What becomes of a call; the platform's own calls and those of users always succeed."""
        return self.weakness.of_call() if self.access.knows(access_key) else Fault.NONE

    def _on_refusal(self, refusal: Refusal) -> None:
        self.log.report("access", str(refusal))

    def _on_function_line(self, function: str, line: str) -> None:
        if not read_line(line, self.metrics):
            self.log.function(function, line)

    def _on_request(self, line: RequestLine) -> None:
        self._answered.set()
        self.log.request(line)

    def _on_stream_record(self, table: str, record: dict[str, Any]) -> None:
        for poller in self._streams.get(table, ()):
            poller.take(record)

    def _on_failed_event(self, function: str, error: bytes) -> None:
        if not self._stopping.is_set():
            told = json.loads(error)
            self.log.report(function, f"{told.get('errorType')}: {told.get('errorMessage')}")

    def _client_of(self, service: str, role: str) -> Any:
        """What the Scheduler calls with: the credentials of the schedule's role."""
        return with_keys(service, self.access.credentials(role, "scheduler"))

    def _invoke_event(self, function: str, event: Mapping[str, Any]) -> InvocationResult:
        return self.host.invoke(function, json.dumps(event).encode())

    def _invoke_for_aws(self, function: str, payload: bytes) -> tuple[bytes, bool, str]:
        result = self.host.invoke(function, payload)
        return result.payload, result.failed, ""
