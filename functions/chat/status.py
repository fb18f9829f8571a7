"""The function of the routes in `functions.chat.routes.status`."""

from functions.chat.routes.status import routes
from functions.chat.wiring import aws_services, serving

handler = serving(aws_services(), routes(aws_services()))
