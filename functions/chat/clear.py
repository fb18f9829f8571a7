"""The function of the routes in `functions.chat.routes.clear`."""

from functions.chat.routes.clear import routes
from functions.chat.wiring import aws_services, serving

handler = serving(aws_services(), routes(aws_services()))
