"""`@consumer` makes a plain function a durable consumer.

    @consumer(topics=("leads",), needs={"projections": ("add",)})
    def lead_count(event: Event, context: Context) -> list[Write]:
        key = {"pk": f"{context.tenant}#lead_count", "sk": "all"}
        return [Add(context.table("projections"), key, "leads", 1)]

    handler = lead_count.handler

What it returns is written in one transaction with its inbox key, so it happens once. An effect
outside is declared with `outside=True`: then a lease keeps two deliveries from doing it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.consumers.declaration import Declaration, Needs, Outlet
from shared.consumers.work import DeclaredWork, Work

if TYPE_CHECKING:
    from shared.consumers.receiving import Receiver


class Consumer(DeclaredWork):
    """A declared function that Lambda can call."""

    @cached_property
    def receiver(self) -> Receiver:
        """The receiver of this process, wired to AWS by the environment."""
        from shared.consumers.wiring import receiver_of

        return receiver_of(self)

    def handler(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        """What Lambda calls with a batch of the consumer's queue."""
        return self.receiver.batch(event["Records"])


def consumer(
    topics: tuple[str, ...] = (),
    types: tuple[str, ...] = (),
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the bus
    *,
    ordered: bool = False,
    outside: bool = False,
    thin: bool = False,
    needs: Needs | None = None,
    repeatable: bool = False,
    sends: tuple[Outlet, ...] = (),
) -> Callable[[Work], Consumer]:
    """Declares the decorated function a consumer; see `Declaration` for what each word says."""

    def declare(work: Work) -> Consumer:
        about = (work.__doc__ or "").partition("\n")[0]
        heard = (topics, types, filter or {})
        said = Declaration(
            work.__name__, *heard, ordered, outside, thin, needs or {}, repeatable, sends, about
        )
        return Consumer(work, said)

    return declare
