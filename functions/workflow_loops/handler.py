"""Workflows as a Lambda function behind API Gateway's payload format 2.0."""

from mangum import Mangum

from functions.workflow_loops.app import create_app
from functions.workflow_loops.settings import settings

handler = Mangum(create_app(settings()), lifespan="off")
