"""The user pipeline's shape, and the event that starts it."""

from shared.pipelines.definition import create_pipeline

pipeline = create_pipeline(
    "user_pipeline",
    "welcome",
    "profile",
    "complete",
    starts_on=("user.created",),
    needs={"welcome": ("mail",)},
)
