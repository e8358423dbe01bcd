"""Answers that are no file: refusals, probes, and the page for what is not there."""

from __future__ import annotations

from dataclasses import dataclass

from coranto.server.asgi import Scope, Send
from coranto.server.policy import FEED_POLICY
from coranto.server.shelf import Fields

PLAIN = b"text/plain; charset=utf-8"
HTML = b"text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A short answer, which nobody may keep."""

    status: int
    body: bytes = b""
    type: bytes = PLAIN
    policy: bytes = FEED_POLICY
    fields: tuple[tuple[bytes, bytes], ...] = ()


def words(status: int, text: str, *fields: tuple[bytes, bytes]) -> Reply:
    """A line for a person."""
    return Reply(status=status, body=f"{text}\n".encode(), fields=fields)


def guards(policy: bytes) -> Fields:
    """What every answer says to browsers, so that nothing in it runs."""
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", policy),
        (b"referrer-policy", b"no-referrer"),
    ]


async def give(reply: Reply, scope: Scope, send: Send) -> int:
    """Send ``reply``; how many octets of a body that took."""
    fields = [(b"cache-control", b"no-store"), *guards(reply.policy), *reply.fields]
    if reply.status != 204:  # which has no body, and says nothing of one (RFC 9110 8.6)
        fields += [(b"content-type", reply.type), (b"content-length", str(len(reply.body)).encode())]
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
    return len(body)
