"""The function of the routes in `functions.chat.routes.conversations`."""

from functions.chat.routes.conversations import routes
from functions.chat.wiring import aws_services, serving

handler = serving(aws_services(), routes(aws_services()))
