"""The lead pipeline's shape, and the events that start it."""

from shared.pipelines.definition import create_pipeline

pipeline = create_pipeline(
    "lead_pipeline",
    "analyze",
    "decide",
    starts_on=("lead.created", "lead.updated", "process_lead"),
    routers={
        "decide": {
            "escalation": ("escalate",),
            "invoice": ("invoice",),
            "response": ("respond",),
        }
    },
    needs={"respond": ("mail",)},
)
