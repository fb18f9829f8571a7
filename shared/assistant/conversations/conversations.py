"""The conversations of principals: each sees their own, and nobody another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from shared.assistant.conversations import conversation as rows
from shared.assistant.conversations.conversation import RING, Conversation
from shared.assistant.conversations.errors import ConversationNotFoundError, UnreadableError
from shared.assistant.conversations.places import Places
from shared.events.envelope import EntityRef, Event
from shared.events.outbox import Change, VersionConflictError, commit
from shared.identity.principal import Principal
from shared.platform.clock import iso
from shared.platform.ids import new_id
from shared.platform.tables import Delete, Put, Query, TablesBusyError, Write

SOURCE: Final = "millrace.chat"
TRIES: Final = 8
UNREADABLE: Final = "unreadable"
_AT_ONCE: Final = 90
"""Rows of one transaction; DynamoDB takes a hundred."""


class Conversations:
    """Opens, lists, reads and ends conversations."""

    def __init__(self, at: Places) -> None:
        self._at = at

    def fresh(self, who: Principal, notice: bool = False) -> Conversation:
        """One that is nowhere yet."""
        now = iso(self._at.clock())
        return Conversation(new_id(), who.tenant, who.subject, now, now, notice=notice)

    def session(self, who: Principal, session_id: str) -> Conversation:
        """The principal's living session of that id, else a fresh one; unreadable ones stay.

        A session of somebody else is as unknown as one that never was.
        """
        try:
            found = self.get(who, session_id)
        except ConversationNotFoundError:
            return self.fresh(who)
        except UnreadableError:
            return self.fresh(who, notice=True)
        return found if found.alive(self._at.clock()) else self.fresh(who)

    def get(self, who: Principal, conversation_id: str) -> Conversation:
        """A conversation of the principal.

        Raises:
            ConversationNotFoundError: there is none of that id that is theirs.
            UnreadableError: it is theirs, and this version cannot read it.
        """
        if not conversation_id or len(conversation_id) > 64:
            raise ConversationNotFoundError("there is no such conversation")
        key = {"pk": rows.partition(who.tenant, conversation_id), "sk": "state"}
        item = self._at.tables.get(self._at.table, key)
        if item is None or item.get("subject") != who.subject:
            raise ConversationNotFoundError("there is no such conversation")
        return rows.read(item)

    def start(self, who: Principal) -> Conversation:
        """A conversation in which nothing was said yet."""
        made = self.fresh(who)
        self.commit(made, ("chat.started", {}))
        return made

    def list(
        self, who: Principal, limit: int, before: str | None
    ) -> tuple[Sequence[dict[str, Any]], str | None]:
        """The principal's conversations, the newest first, and where the next page begins."""
        query = Query(
            self._at.table,
            ("pk", rows.listed_in(who.tenant, who.subject)),
            since=rows.listed_sort(""),
            before=rows.listed_sort(before if before is not None else "g"),
            limit=limit,
            descending=True,
        )
        page = self._at.tables.query(query)
        names = ("id", "title", "created_at", "last_at")
        found = [{name: item[name] for name in names} for item in page.items]
        return found, found[-1]["id"] if page.next_start and found else None

    def messages(
        self, who: Principal, conversation_id: str, limit: int, before: str | None
    ) -> tuple[Sequence[dict[str, str]], str | None]:
        """What was said, the latest last, and where the page of what was said before begins."""
        found = self.get(who, conversation_id)
        page = self._at.tables.query(self._said(found, limit, before=before))
        said = []
        for item in page.items:
            try:
                said.append(rows.read_message(item))
            except UnreadableError:
                said.append({"id": str(item["sk"]).partition("#")[2], "unreadable": "true"})
        more = said[-1]["id"] if page.next_start and said else None
        return list(reversed(said)), more

    def recent(self, found: Conversation) -> Sequence[dict[str, str]]:
        """The last messages that the assistant is shown, oldest first.

        Raises:
            UnreadableError: one of them cannot be read.
        """
        query = self._said(found, RING, since=found.since)
        items = self._at.tables.query(query).items
        return [rows.read_message(item) for item in reversed(items)]

    def retitle(self, who: Principal, conversation_id: str, title: str) -> Conversation:
        """Gives a conversation another title."""
        for _ in range(TRIES):
            found = replace(self.get(who, conversation_id), title=title)
            if self._tried(found, ("chat.renamed", {})):
                return found
        raise TablesBusyError("the conversation is changed by many at once; try again")

    def clear(self, who: Principal, session_id: str, reason: str = "asked") -> bool:
        """Shows the assistant nothing older than now; whether there was such a conversation.

        Nothing is removed. A reason of ours is told in the next answer.
        """
        for _ in range(TRIES):
            try:
                found = self.get(who, session_id)
            except (ConversationNotFoundError, UnreadableError):
                return False
            lost = found.notice or reason == UNREADABLE
            cleared = replace(found, since=rows.message_sort(new_id()), notice=lost)
            if self._tried(cleared, ("chat.cleared", {"reason": reason})):
                return True
        raise TablesBusyError("the conversation is changed by many at once; try again")

    def delete(self, who: Principal, conversation_id: str) -> None:
        """Removes a conversation with all that was said in it; raises as `get` does."""
        for _ in range(TRIES):
            found = self.get(who, conversation_id)
            entry = {"pk": rows.listed_in(who.tenant, who.subject)}
            gone = Delete(self._at.table, {**entry, "sk": rows.listed_sort(found.id)})
            try:
                self.commit(found, ("chat.deleted", {}), also=[gone], keep=False)
            except VersionConflictError:
                continue
            self._remove_messages(found)
            return
        raise TablesBusyError("the conversation is changed by many at once; try again")

    def commit(
        self,
        changed: Conversation,
        *happened: tuple[str, dict[str, Any]],
        also: Sequence[Write] = (),
        keep: bool = True,
        correlation_id: str | None = None,
    ) -> None:
        """Writes a conversation, what happened, and what else belongs to it, all or nothing.

        Raises:
            VersionConflictError: it changed meanwhile.
        """
        ids = {"conversation_id": changed.id, "user_id": changed.subject}
        events = tuple(
            Event(name, {**ids, **data}, source=SOURCE, correlation_id=correlation_id)
            for name, data in happened
        )
        change = Change(
            tenant=changed.tenant,
            entity=EntityRef(rows.ENTITY, changed.id),
            version=changed.version,
            state=rows.state_of(changed) if keep else None,
            events=events,
            expires_at=int((self._at.clock() + rows.KEPT).timestamp()),
        )
        entry = [Put(self._at.table, rows.listed(changed))] if keep else []
        at = self._at
        commit(at.tables, at.crm_table, change, also=[*entry, *also], states=at.table)

    def _tried(self, changed: Conversation, happened: tuple[str, dict[str, Any]]) -> bool:
        try:
            self.commit(changed, happened)
        except VersionConflictError:
            return False
        return True

    def _said(
        self, found: Conversation, limit: int, since: str = "", before: str | None = None
    ) -> Query:
        return Query(
            self._at.table,
            ("pk", rows.partition(found.tenant, found.id)),
            since=since or rows.message_sort(""),
            before=rows.message_sort(before if before is not None else "g"),
            limit=limit,
            descending=True,
        )

    def _remove_messages(self, found: Conversation) -> None:
        while items := self._at.tables.query(self._said(found, _AT_ONCE)).items:
            keys = [
                {"pk": rows.partition(found.tenant, found.id), "sk": item["sk"]} for item in items
            ]
            self._at.tables.transact([Delete(self._at.table, key) for key in keys])
