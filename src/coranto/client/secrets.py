"""What only the origin of a configured address may see: own headers, and a login (POLITENESS P18).

``$NAME`` stands for a variable of the environment.  It is looked up when the request is made, so neither the compiled
settings nor the store nor a message ever holds its value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template

from coranto.client import address
from coranto.client.answer import FetchError

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What goes along to one origin.

    Attributes:
        url: the address as configured: its origin is the only one that sees any of this.  It may hold a login itself.
        headers: names and values, as configured.
        auth: ``user:password``, or a ``$NAME`` that holds it; goes before a login in ``url``.
    """

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: str = field(default="", repr=False)


def header_fields(secrets: Secrets, environ: Mapping[str, str]) -> dict[str, str]:
    """The header fields that ``secrets`` stand for.

    Raises:
        FetchError: kind "secret": a variable is missing, or a value is none that a header can have.  It names the
            variable and the setting, never a value.
    """
    hop = address.parse(secrets.url)
    login = hop.login
    if secrets.auth:
        login = _value(hop.url, "auth", secrets.auth, environ)
        if ":" not in login:
            raise FetchError("secret", hop.url, "auth of this upstream must be user:password, but has no colon in it")
    fields = {name: _value(hop.url, f"headers.{name}", value, environ) for name, value in secrets.headers}
    # A header goes out as Latin-1, so UTF-8 is written down as what it looks like there.
    return {name: value.encode().decode("latin-1") for name, value in fields.items()} | basic("Authorization", login)


def basic(name: str, login: str) -> dict[str, str]:
    """Basic authentication (RFC 7617) as the header field ``name``; none without a login."""
    return {name: "Basic " + base64.b64encode(login.encode()).decode("ascii")} if login else {}


def filled_in(text: str, environ: Mapping[str, str]) -> str:
    """``text`` with the values of the variables that it names; ``$$`` is a dollar sign.

    Raises:
        KeyError: with the name of the variable that is not set, or empty.
        ValueError: a dollar sign names none.
    """
    return Template(text).substitute({name: value for name, value in environ.items() if value})


def _value(url: str, where: str, text: str, environ: Mapping[str, str]) -> str:
    try:
        value = filled_in(text, environ).strip()
    except KeyError as error:
        name = error.args[0]
        reason = f"{where} of this upstream needs the environment variable {name}, which is not set; set it"
        raise FetchError("secret", url, reason) from None
    except ValueError:
        reason = f'{where} of this upstream has a "$" that names no variable; write "$$" for a dollar sign'
        raise FetchError("secret", url, reason) from None
    try:
        value.encode()
        broken = _CONTROL.search(value) is not None
    except UnicodeEncodeError:  # bytes of the environment that are no UTF-8
        broken = True
    if broken:
        raise FetchError("secret", url, f"{where} of this upstream has characters in it that no header can have")
    return value
