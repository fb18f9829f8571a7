"""The function of the routes in `functions.chat.routes.submit`."""

from functions.chat.routes.submit import routes
from functions.chat.wiring import aws_services, serving

handler = serving(aws_services(), routes(aws_services()))
