"""What happens to nobody: an event to try a pipeline with."""

from __future__ import annotations

from shared.events.catalog.registry import OpenEventData, PersonalOptionalText, event_type


@event_type("example_event", topics=("examples",), sample={"message": "Hello"})
class ExampleEvent(OpenEventData):
    """Somebody tries the example pipeline, with any data."""

    message: PersonalOptionalText = None
