"""Feeds and pages over HTTP: a bare ASGI application over the shelf.

Built for the two answers that are given most: 304 to a reader that has the feed, and the feed as it lies in memory.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

from coranto.server import asked
from coranto.server.asgi import Scope, Send
from coranto.server.policy import FEED_POLICY, PAGE_POLICY
from coranto.server.shelf import Fields, Held, Parts, Shelf, pack
from coranto.server.tally import Tally
from coranto.text import naming
from coranto.writers import FILES

_CHUNK = 256 * 1024
_FIXED = 30 * 86400  # seconds for which an asset that is named with its hash may be kept


class Files:
    """Answers GET and HEAD for what stands on a shelf."""

    def __init__(self, shelf: Shelf, tally: Tally, max_age: int) -> None:
        """Nothing is read yet.

        Args:
            shelf: the folder.
            tally: counts the answers.
            max_age: seconds for which an answer may be used without asking again.
        """
        self._shelf, self._tally, self._max_age = shelf, tally, max_age
        self._loading: dict[object, asyncio.Future[Any]] = {}

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Give an answer, if there is something of this path; whether there was."""
        parts = asked.segments(scope["raw_path"])
        name = asked.format_of(scope["query_string"])
        if parts is None or name is None:
            return False
        where = _place(parts, name)
        held = self._shelf.get(where) or await self._load(where)
        if held is None:
            return await self._elsewhere(parts, name, scope, send)
        await self._give(where, held, scope, send)
        return True

    # -- one file

    async def _give(self, where: Parts, held: Held, scope: Scope, send: Send) -> None:
        headers = scope["headers"]
        coding = asked.coding(asked.header(headers, b"accept-encoding"), held.codings) if held.codings else ""
        settled = time.time() >= held.modified + 1
        if tag := _unchanged(headers, held, coding, settled=settled):
            await self._send(send, 304, self._fields(where, held, tag, settled=settled), b"", kind=_kind(where))
            return
        body = held.body if not coding else held.packed.get(coding) or await self._pack(where, held, coding)
        fields = [
            *self._fields(where, held, held.tag(coding), settled=settled),
            (b"content-length", str(len(body)).encode()),
        ]
        if coding:
            fields.append((b"content-encoding", coding.encode()))
        sent = b"" if scope["method"] == "HEAD" else body
        await self._send(send, 200, fields, sent, kind=_kind(where))

    async def _send(self, send: Send, status: int, fields: Fields, body: bytes, *, kind: str) -> None:
        self._tally.count(kind, status, len(body))
        await send({"type": "http.response.start", "status": status, "headers": fields})
        for start in range(_CHUNK, len(body), _CHUNK):  # a client that reads slowly keeps little waiting
            await send({"type": "http.response.body", "body": body[start - _CHUNK : start], "more_body": True})
        await send({"type": "http.response.body", "body": body[(max(len(body) - 1, 0) // _CHUNK) * _CHUNK :]})

    def _fields(self, where: Parts, held: Held, tag: bytes, *, settled: bool) -> Fields:
        """The fields that a 200 and a 304 share (RFC 9110 15.4.5): made once."""
        if (tag, settled) not in held.fields:
            held.fields[tag, settled] = _made(where, held, tag, self._max_age, settled=settled)
        return held.fields[tag, settled]

    # -- what is not held yet

    async def _load(self, where: Parts) -> Held | None:
        held: Held | None = await self._once(where, lambda: self._shelf.load(where))
        if held and self._shelf.get(where) is not held:
            self._shelf.put(where, held)
        return held

    async def _pack(self, where: Parts, held: Held, coding: str) -> bytes:
        packed: bytes = await self._once((held.mark, coding), lambda: pack(held.body, coding))
        if coding not in held.packed:
            self._shelf.add(where, held, coding, packed)
        return packed

    async def _once(self, what: object, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work gives
        """Do work beside the loop; who asks for the same meanwhile waits for it."""
        if what not in self._loading:
            self._loading[what] = asyncio.ensure_future(asyncio.to_thread(work))
            self._loading[what].add_done_callback(lambda _: self._loading.pop(what, None))
        return await asyncio.shield(self._loading[what])

    # -- other ways to name it

    async def _elsewhere(self, parts: Parts, name: str, scope: Scope, send: Send) -> bool:
        """Lead to the address of what was named in another way, if there is such a thing."""
        known = _known(parts)
        if known != parts and await self._load(_place(known, name)):
            target = _relative(parts, known)
        elif parts[-1] and not name and await asyncio.to_thread(self._shelf.is_folder, known):
            target = _relative(parts, (*known, ""))
        else:
            return False
        query = scope["query_string"]
        location = target.encode() + (b"?" + query if query else b"")
        fields = [(b"location", location), (b"content-length", b"0"), (b"cache-control", b"public, max-age=3600")]
        await self._send(send, 301, fields, b"", kind="other")
        return True


def _made(where: Parts, held: Held, tag: bytes, max_age: int, *, settled: bool) -> Fields:
    page = held.type.startswith(b"text/html")
    fields = [
        (b"content-type", held.type),
        (b"etag", tag),
        (b"cache-control", b"public, max-age=%d" % (_FIXED if where[0] == "assets" else max_age)),
        (b"access-control-allow-origin", b"*"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", PAGE_POLICY if page else FEED_POLICY),
    ]
    if held.codings:
        fields.append((b"vary", b"Accept-Encoding"))
    if settled:  # in its own second a file may change once more, unseen by who has only this date (RFC 9110 8.8.2)
        fields.append((b"last-modified", formatdate(held.modified, usegmt=True).encode()))
    return fields


def _unchanged(headers: Fields, held: Held, coding: str, *, settled: bool) -> bytes:
    """The entity tag of what the client has, if that is still so; else empty (RFC 9110 13.2.2)."""
    if stated := asked.header(headers, b"if-none-match"):
        return asked.matched(stated, (held.tag(coding), *held.tags()))
    since = asked.header(headers, b"if-modified-since")
    return held.tag(coding) if since and settled and asked.seconds(since) == held.modified else b""


def _place(parts: Parts, name: str) -> Parts:
    """Where the file of a path lies; with a format, in the folder that the path names."""
    if name:
        return (*(parts if parts[-1] else parts[:-1]), FILES[name])
    return parts if parts[-1] else (*parts[:-1], "index.html")


def _known(parts: Parts) -> Parts:
    """A path as our folders are named: a person may write 広州 in another Unicode form, or a name in capitals."""
    return tuple(naming.category_key(part) if part else "" for part in parts)


def _relative(parts: Parts, known: Parts) -> str:
    """The way from one path to another, which holds behind a proxy that serves us below a path of its own."""
    return "../" * (len(parts) - 1) + "/".join(quote(part) for part in known)


def _kind(where: Parts) -> str:
    return "feed" if where[-1] in FILES.values() else "page" if where[-1].endswith(".html") else "other"
