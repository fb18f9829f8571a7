"""What is refused about executions, under the names that seed 003 gave where it had one."""

from __future__ import annotations


class ExecutionNotFoundError(Exception):
    """This tenant has no such execution, or it is kept no longer."""

    def __init__(self, execution_id: str) -> None:
        super().__init__(f"there is no execution {execution_id}")


class WorkflowInactiveError(Exception):
    """The workflow is switched off."""


class PublisherError(Exception):
    """Whoever published the version may not publish any more: somebody else has to do it again."""


class InputTooLargeError(Exception):
    """The input of a run has more bytes than are taken."""


class ExecutionOverError(Exception):
    """The run has ended: it can neither be cancelled nor answered."""


class NotResumableError(Exception):
    """The run did not fail, or what it ran is no longer there: there is nothing to continue."""


class StartFailedError(Exception):
    """The engine did not take the run, which stands as failed; the message is its reason."""


class NodeNotFoundError(Exception):
    """The run has no such node, or no such item of a loop."""


class AnswerError(Exception):
    """What was answered is none of what the node understands."""


class AnswerTooEarlyError(Exception):
    """The answer is kept, but the machine has not come to wait yet: send it again."""
