"""The sender: makes the tries that messages ask for, those of one batch beside each other."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from functions.webhooks.wiring import deliveries, log, sender
from shared.webhooks.recovery import Recoveries


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes a batch; a message whose try could not be recorded comes again."""
    return asyncio.run(_batch(event["Records"]))


async def _batch(records: list[dict[str, Any]]) -> dict[str, Any]:
    done = await asyncio.gather(*(_take(record["body"]) for record in records))
    failed = [record for record, good in zip(records, done, strict=True) if not good]
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in failed]}


async def _take(body: str) -> bool:
    try:
        told = json.loads(body)
        about = {"tenant": told["tenant"], "endpoint": told["endpoint"]}
        if "recovery" in told:
            after = Recoveries(deliveries()).step(body)
            log.info("recovery", **about, id=told["recovery"], status=after and after.status)
        else:
            outcome = await sender().take(body)
            log.info("webhook", **about, delivery=told["delivery"], outcome=outcome)
    except Exception:
        log.exception("a message failed")
        return False
    return True
