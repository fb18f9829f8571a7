"""What a model says of a lead's fields, as the CRM takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.assistant.money import NotAnAmountError, amount_of
from shared.assistant.refused import RefusedError
from shared.assistant.sources import UnknownSourceError, source_of


def checked(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as JSON, amounts and sources understood.

    Raises:
        RefusedError: one is not what the CRM takes; the sentence names it.
    """
    fields = dict(given)
    try:
        if fields.get("value") is not None:
            fields["value"] = str(amount_of(fields["value"]))
        if fields.get("source") is not None:
            fields["source"] = source_of(fields["source"])
        model.model_validate(fields)
    except NotAnAmountError as error:
        told = f"Invalid value format for lead value field: {error}"
        raise RefusedError(told, "invalid_value") from None
    except UnknownSourceError as error:
        raise RefusedError(str(error), "unknown_source") from None
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        )
        raise RefusedError(told[:300], "invalid_field") from None
    return fields
