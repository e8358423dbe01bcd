"""Find the feed at an address, and try it: at most five requests, with the manners and guards of a poll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from coranto.cli.failures import Unable
from coranto.client import Client, FetchError, Response
from coranto.client.address import without_login
from coranto.intake.rules import rules_of
from coranto.model import Document
from coranto.readers.answers import Parse
from coranto.readers.discover import Found, feeds_in, guesses
from coranto.readers.parse_raw import ParseContext, ParseError
from coranto.settings import Settings

MOST = 5  # requests, hops of redirects included once they are known
_LARGEST = 15 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tried:
    """A feed that was found."""

    url: str  # what settings are to say
    document: Document
    offered: tuple[Found, ...] = ()  # what the page names, if the address was a page's


class Trial:
    """One search."""

    def __init__(self, settings: Settings, client: Client, parse: Parse, tell: Callable[[str], None]) -> None:
        """``parse`` reads what comes; ``tell`` hears what is being tried."""
        self._client, self._parse = client, parse
        self._tell = tell
        self._left = MOST
        self._zone = ZoneInfo(settings.site.timezone)
        self._rules = rules_of(settings).identity

    def file(self, path: Path) -> Tried:
        """The feed in a local file.

        Raises:
            Unable: it is none.
        """
        try:
            with path.open("rb") as opened:
                body = opened.read(_LARGEST + 1)
            return Tried(str(path), self._parsed(body, "", str(path)))
        except OSError as error:
            hint = "; an address begins with https://" if isinstance(error, FileNotFoundError) else ""
            raise Unable(f"{path}: cannot be read ({error.strerror or error}){hint}") from error
        except ParseError as error:
            raise Unable(f"{path}: {error}") from error

    def address(self, url: str) -> Tried:
        """The feed at ``url``, or of the page that stands there.

        Raises:
            Unable: there is none.
        """
        try:
            response = self._get(url)
        except FetchError as error:
            raise Unable(str(error)) from error
        try:
            document = self._parsed(response.body, response.header("content-type"), response.url)
        except ParseError as error:
            if error.kind != "html":
                raise Unable(f"{without_login(url)}: {error}") from error
            return self._page(response)
        return Tried(_kept(url, response), document)

    def _page(self, response: Response) -> Tried:
        """The first feed that works of those that a page names; of those that it may have, if it names none."""
        offered = feeds_in(response.body, response.header("content-type"), response.url)
        named = [found.url for found in offered]
        for url in named or guesses(response.url):
            if self._left <= 0:
                break
            tried = self._attempt(url)
            if tried is not None:
                return Tried(tried.url, tried.document, offered)
        raise Unable(_nothing(response.url, named))

    def _attempt(self, url: str) -> Tried | None:
        try:
            response = self._get(url)
            return Tried(
                _kept(url, response), self._parsed(response.body, response.header("content-type"), response.url)
            )
        except (FetchError, ParseError, Unable) as error:
            self._tell(f"  no: {error}")
            return None

    def _get(self, url: str) -> Response:
        self._tell(f"trying {without_login(url)}")
        self._left -= 1
        response = self._client.get(url)
        self._left -= len(response.hops)
        if response.status != 200:
            raise Unable(f"{without_login(url)}: the server answers {response.status}; is the address right?")
        return response

    def _parsed(self, body: bytes, content_type: str, url: str) -> Document:
        return self._parse(
            body, content_type, ParseContext(source=url, url=without_login(url), zone=self._zone, rules=self._rules)
        )


def _kept(url: str, response: Response) -> str:
    """The address to subscribe to: the new one if the feed has moved for good, else the one that was asked."""
    login = "@" in url.partition("://")[2].partition("/")[0]
    return response.url if response.permanent and not login else url


def _nothing(url: str, named: Sequence[str]) -> str:
    if named:
        return f"{url}: the page names {len(named)} feeds, but none that was tried works; give the address of one"
    return f"{url}: the page names no feed, and none stands at the usual places; give the address of the feed itself"
