"""The one way out to the network: polite, bounded, guarded.

Nothing outside this package knows requests, and requests itself is loaded with the first request that is really made.
"""

from coranto.client.answer import ACCEPT, FetchError, HeldError, Limits, Response, StoppedError
from coranto.client.book import HostBook, HostRow
from coranto.client.client import Client
from coranto.client.pace import Pace
from coranto.client.secrets import Secrets

__all__ = [
    "ACCEPT",
    "Client",
    "FetchError",
    "HeldError",
    "HostBook",
    "HostRow",
    "Limits",
    "Pace",
    "Response",
    "Secrets",
    "StoppedError",
]
