"""The example's shape, and the event that starts it."""

from shared.pipelines.definition import create_pipeline

pipeline = create_pipeline("example_pipeline", "greet", starts_on=("example_event",))
