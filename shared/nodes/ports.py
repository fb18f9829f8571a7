"""What nodes may ask of the world outside. Whoever runs a flow gives the ports by these names.

Every port belongs to one tenant: a node neither names nor knows whose run it is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.platform.http.calls import Http, HttpAnswer, HttpCall

EVENTS: Final = "events"
WORKFLOWS: Final = "workflows"
SLEEP: Final = "sleep"
ARRIVALS: Final = "arrivals"
QUEUES: Final = "queues"
STEPS: Final = "steps"
HTTP: Final = "http"
"""`shared.platform.http.Http`"""
FILES: Final = "files"
BUCKETS: Final = "buckets"
LEADS: Final = "leads"
MAIL: Final = "mail"
TEMPLATES: Final = "templates"
NOTICES: Final = "notices"
CONNECTIONS: Final = "connections"

Row = Mapping[str, Any]


class Events(Protocol):
    """Emits events through the outbox, never straight to the bus."""

    async def emit(self, event_type: str, data: Row, idempotency_key: str) -> str:
        """Writes the event once per key; its id."""


class Workflows(Protocol):
    """Starts other workflows."""

    async def run(self, workflow_id: str, data: Row, idempotency_key: str, *, wait: bool) -> Row:
        """The result; without `wait`, which execution was started."""


class Sleep(Protocol):
    """Lets time pass."""

    async def __call__(self, seconds: float) -> None:
        """Returns after so many seconds."""


class Arrivals(Protocol):
    """What comes in for producers in production: requests, times of a schedule, events.

    In a run that was started with an arrival there is no such port: its input is the arrival.
    """

    async def take(self, node: str, wanted: Row) -> Row | None:
        """The next one for this node and its configuration; None when there will be no more."""


class Queues(Protocol):
    """Connects the loops of a production flow; it knows which writer feeds which readers."""

    async def put(self, writer: str, data: Row, idempotency_key: str) -> None:
        """Hands an item to every queue of this writer."""

    async def take(self, reader: str) -> Row | None:
        """The next item; None when all writers of its queues have ended and they are empty."""

    async def end(self, writer: str) -> None:
        """Says that this writer hands nothing more over."""


class Steps(Protocol):
    """Counts across runs."""

    async def next(self, name: str) -> int:
        """0 for the first call with this name, then 1, 2, …"""


class NoFileError(Exception):
    """There is nothing under this path."""


class Files(Protocol):
    """A space of files. Paths are those of `shared.nodes.files.paths.confined`."""

    async def list(self, prefix: str, most: int) -> Sequence[str]:
        """The paths that begin with a text, in order; at most so many."""

    async def size(self, path: str) -> int | None:
        """Bytes, or None where there is no such file."""

    async def read(self, path: str, start: int, most: int) -> bytes:
        """At most so many bytes from a position on.

        Raises:
            NoFileError: there is no such file.
        """

    async def write(self, path: str, body: bytes) -> None:
        """Puts the file, whether it was there or not."""

    async def create(self, path: str, body: bytes, idempotency_key: str) -> str:
        """Puts a file where none is, once per key: `a.txt`, or else `a_1.txt`, `a_2.txt`, …

        Raises:
            FileExistsError: there are too many of them.
        """

    async def append(self, path: str, body: bytes, idempotency_key: str) -> None:
        """Adds to its end once per key; a file that is not there begins with it."""

    async def delete(self, path: str) -> bool:
        """Removes a file; whether there was one."""


class Buckets(Protocol):
    """The buckets that were registered for the tenant."""

    async def names(self) -> Sequence[str]:
        """All of them."""

    async def open(self, bucket: str) -> Files:
        """What is in one.

        Raises:
            NodeFailedError: it was not registered.
        """


class Leads(Protocol):
    """The leads, with the rights of whom the run acts for. Each writes once per key."""

    async def get(self, lead_id: str) -> Row | None:
        """One, or None."""

    async def find(self, wanted: Row, most: int) -> Sequence[Row]:
        """Those whose fields have these values, texts compared without case; at most so many."""

    async def create(self, fields: Row, idempotency_key: str) -> Row:
        """The new lead."""

    async def update(self, lead_id: str, fields: Row, idempotency_key: str) -> Row:
        """The lead with fields changed."""

    async def move(
        self, lead_id: str, status: str, position: int | None, idempotency_key: str
    ) -> Row:
        """The lead in another column."""


class Mailer(Protocol):
    """Sends e-mail in the tenant's name."""

    async def send(self, to: str, subject: str, body: str, topic: str, key: str) -> bool:
        """Sends once per key; False where the recipient wants no mail about the topic.

        Raises:
            MailSuppressedError: the address takes no more mail, whatever it is about.
        """


@dataclass(frozen=True, slots=True)
class Template:
    """A text of the tenant's with templates inside."""

    subject: str
    body: str


class Templates(Protocol):
    """The tenant's texts."""

    async def names(self) -> Sequence[str]:
        """All of them."""

    async def get(self, name: str) -> Template | None:
        """One of them, or None."""


class Notices(Protocol):
    """Tells members something inside the application."""

    async def tell(
        self, members: Sequence[str], title: str, text: str, link: str, idempotency_key: str
    ) -> Sequence[str]:
        """Writes it once per key; those who are members."""


class Connections(Protocol):
    """The tenant's connections to other services. Nobody sees a credential."""

    async def list(self, kinds: Sequence[str] = ()) -> Sequence[tuple[str, str]]:
        """Ids and names of those of some kinds, or of all."""

    async def send(self, connection: str, call: HttpCall, http: Http) -> HttpAnswer:
        """Sends with the credential, if the server is one that it is meant for.

        Raises:
            CredentialRefusedError: it is not.
            ConnectionNotFoundError, NotAuthorizedError: there is no credential to send.
            HttpTransportError, HttpTooLargeError, EgressRefusedError: see `Http`.
        """
