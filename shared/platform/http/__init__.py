"""Requests to servers that users name: they reach what is public, and nothing else.

http = CheckedHttp(Egress(hosts=("api.example.com",)))
answer = await http.send(HttpCall("GET", "https://api.example.com/v1"))
"""

from shared.platform.http.calls import (
    Http,
    HttpAnswer,
    HttpCall,
    HttpTooLargeError,
    HttpTransportError,
)
from shared.platform.http.client import CheckedHttp
from shared.platform.http.egress import Egress, EgressRefusedError

__all__ = [
    "CheckedHttp",
    "Egress",
    "EgressRefusedError",
    "Http",
    "HttpAnswer",
    "HttpCall",
    "HttpTooLargeError",
    "HttpTransportError",
]
