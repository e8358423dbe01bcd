"""The shapes of what goes along with a request: names of header fields, secrets, the proxy.

No message shows a value of these: it may be a secret.
"""

from __future__ import annotations

import re
from string import Template
from urllib.parse import urlsplit

from coranto.settings.problems import quoted

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 5.6.2
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What the program itself says, or what would change how the answer comes (POLITENESS P1, P22 to P24, P26).
_OURS = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "keep-alive", "transfer-encoding", "te", "trailer"}
    | {"upgrade", "expect", "range", "cookie", "cookie2", "referer", "a-im", "via", "proxy-authorization"}
    | {"proxy-connection"}
)


def header_name(text: str) -> str:
    """The name of a header field that an operator may set."""
    if not _TOKEN.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no name of a header field; write for example X-Api-Key")
    if text.lower() in _OURS or text.lower().startswith(("content-", "if-")):
        raise ValueError(f"{quoted(text)} cannot be set here: the program says it itself; remove it")
    return text


def secret(text: str) -> str:
    """A text in which ``$NAME`` stands for a variable of the environment."""
    if not text.strip() or _CONTROL.search(text):
        raise ValueError("is empty or has control characters in it; write a text in one line, or $NAME")
    if not Template(text).is_valid():
        raise ValueError('has a "$" that names no variable; write $NAME, or "$$" for a dollar sign')
    return text


def auth(text: str) -> str:
    """``user:password``, or with variables."""
    if "$" not in secret(text) and ":" not in text:
        raise ValueError("is no login; write user:password, or $NAME of a variable that holds it")
    return text


def proxy(text: str) -> str:
    """The address of a proxy: http, host, port, perhaps a login."""
    try:
        parts = urlsplit(secret(text))
        valid = parts.scheme.lower() == "http" and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.path.strip("/") or parts.query or parts.fragment or re.search(r'[\s<>"\\]', text):
        raise ValueError(
            "is no address of a proxy; write http://proxy.lan:3128 or http://user:$PASSWORD@proxy.lan:3128"
        )
    return text
