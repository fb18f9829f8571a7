"""Identity's routes as a Lambda function behind API Gateway's payload format 2.0."""

from mangum import Mangum

from functions.identity.app import create_app
from functions.identity.settings import settings

handler = Mangum(create_app(settings()), lifespan="off")
