"""What becomes of files that were uploaded."""

from __future__ import annotations

from pydantic import Field

from shared.events.catalog.registry import EventData, event_type

_SAMPLE = {
    "import_id": "9f2b6f7f0c0e4a7d8e5a1b2c3d4e5f60",
    "folder": "demo",
    "file": "leads.csv",
    "created": 2,
    "refused": 1,
    "problems": [
        {
            "line": 3,
            "field": "value",
            "mend": "write an amount from 0 to 99,999,999.99 as 75000 or 75000.50",
        }
    ],
    "unknown_columns": ["Fax"],
    "report": "reports/demo/leads.csv.json",
}


class RowProblem(EventData):
    """What is wrong with a row, without what stands in it."""

    line: int
    field: str | None = None
    mend: str


@event_type("import.completed", topics=("imports",), sample=_SAMPLE)
class ImportCompleted(EventData):
    """A file was imported as far as it can be; its report lies beside it."""

    import_id: str
    folder: str
    file: str
    created: int = Field(description="Rows that are leads now.")
    refused: int = Field(description="Rows that are not.")
    problems: list[RowProblem] = Field(description="The first of them; the report has them all.")
    unknown_columns: list[str]
    error: str | None = Field(None, description="Why the whole file was refused.")
    report: str = Field(description="The key of the report in the same bucket.")
