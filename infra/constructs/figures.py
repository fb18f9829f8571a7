"""Who counts what becomes of tenants' events may add to those counts, and to nothing else."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb

from infra.constructs.service_function import ServiceFunction


def count_figures(made: ServiceFunction, table: dynamodb.Table) -> None:
    """Lets a function add to the rows `…#figures` of the table."""
    rows = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#figures"]}}
    made.allow(["dynamodb:UpdateItem"], [table.table_arn], rows)
