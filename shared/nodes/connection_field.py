"""The field of a form that chooses a connection of the tenant's.

```python
class AskConfig(NodeConfig):
    connection: Annotated[str, connection_of("bearer", "oauth2")] = ""
```

A node that has one names it in `verbatim`, so that no item can choose another connection.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.nodes.config import Choice, Choices, Ports, Values
from shared.nodes.ports import CONNECTIONS, Connections


def connection_of(*kinds: str) -> Choices:
    """The connections of some kinds; without any, all."""

    async def load(values: Values, ports: Ports) -> list[Choice]:
        port: Connections | None = ports.get(CONNECTIONS)
        if port is None:
            return []
        return [Choice(one, name) for one, name in await port.list(kinds)]

    return Choices(load)


ConnectionId = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9-]*$"), connection_of()]
"""The id of a connection of any kind; empty is none."""
