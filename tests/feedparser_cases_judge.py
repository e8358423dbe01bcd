"""Whether our parse says what a test file of feedparser expects, over the fields that our model holds.

What the model promises is compared: titles as plain text, HTML by its text and its addresses, addresses absolute, dates
as instants.  A fact about anything else is out of scope, and counted with the reason.
"""

from __future__ import annotations

import html
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import cached_property, lru_cache
from urllib.parse import urljoin

from lxml import etree

from coranto.identity import Rules
from coranto.model import Document, Entry
from coranto.readers import charset, parse, parse_entry, parse_guard, parse_xml
from coranto.readers.parse_raw import ParseContext, RawFeed, RawItem, Text
from coranto.settings.values import DEFAULT_CODES
from coranto.text import markup
from feedparser_cases import Case, Expectation, cases
from feedparser_cases_tables import OWN_TEXTS
from feedparser_cases_values import OutOfScopeError, agree_entry, agree_feed, same_text
from inactive import active, active_entry

SERVER = "http://127.0.0.1:8097/tests/"  # where feedparser's tests serve the files


def address_of(case: Case) -> str:
    """Where the document is; Content-Location is the client's business, here it only gives another address."""
    stated = urljoin(SERVER + case.name, case.headers.get("content-location", ""))
    return stated if stated.startswith("http") else SERVER + case.name


class Reading:
    """What we make of one file, at each layer."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.context = ParseContext(
            source="a.example/feed",
            url=address_of(case),
            zone=UTC,
            rules=Rules(codes=DEFAULT_CODES),
            own_categories=True,
        )

    @property
    def content_type(self) -> str:
        return self.case.headers.get("content-type", "")

    @cached_property
    def decoded(self) -> tuple[str, str]:
        return charset.decode(self.case.body, self.content_type)

    @cached_property
    def document(self) -> Document:
        return parse.parse(self.case.body, self.content_type, self.context)

    @cached_property
    def raw(self) -> RawFeed:
        prepared, found, _ = parse_guard.prepare(self.decoded[0], self.context.url, UTC)
        return parse_xml.read(prepared, found, self.context.url)

    def item(self, number: int) -> RawItem:
        return self.raw.items[number]

    def entry(self, number: int) -> Entry:
        """An entry as parse makes it; one that says nothing, which parse skips, is judged with a title of ours."""
        item = self.item(number)
        try:
            return parse_entry.entry(item, self.context)
        except parse_entry.EmptyEntryError:
            return replace(parse_entry.entry(replace(item, title=Text("none")), self.context), title="")


@dataclass
class Score:
    """The sum over all files."""

    files: int = 0
    agree: int = 0
    differ: dict[str, list[str]] = field(default_factory=dict)  # file name -> what it expects and what we say
    by_table: dict[str, int] = field(default_factory=dict)  # file name -> facts where HTML says otherwise, and so do we
    outside: Counter[str] = field(default_factory=Counter)  # reason -> expectations
    pieces: int = 0  # of HTML in sanitiser cases that were cleaned by themselves
    active: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # an exception that is not ours
    slowest: tuple[float, str] = (0.0, "")

    @property
    def in_scope(self) -> int:
        return self.agree + sum(self.by_table.values()) + sum(map(len, self.differ.values()))

    @property
    def share(self) -> float:
        """The part of the expectations in scope that our parse meets, in percent."""
        return 100 - 100 * sum(map(len, self.differ.values())) / self.in_scope


@lru_cache(maxsize=1)
def scored() -> Score:
    """All files read and judged, once in a process."""
    score = Score()
    for case in cases():
        score.files += 1
        reading = Reading(case)
        start = time.process_time()
        _read(reading, score)
        score.slowest = max(score.slowest, (time.process_time() - start, case.name))
        for expected in case.expectations:
            _count(reading, expected, score)
    return score


def _read(reading: Reading, score: Score) -> None:
    try:
        entries = reading.document.entries
    except parse.ParseError:
        return
    except Exception as error:  # noqa: BLE001  that is what is looked for
        score.errors[reading.case.name] = repr(error)
        return
    found = [bad for entry in entries for bad in active_entry(entry)]
    if "/sanitize/" in reading.case.name:
        found += _active_pieces(reading, score)
    if found:
        score.active[reading.case.name] = found


def _active_pieces(reading: Reading, score: Score) -> list[str]:
    """Every element of a sanitiser case, cleaned: also those that our model does not hold, such as a subtitle."""
    tree = etree.fromstring(reading.case.body, etree.XMLParser(recover=True, resolve_entities=False))
    found = []
    for node in tree.iter(etree.Element):
        inside = f"{node.text or ''}{''.join(etree.tostring(child, encoding='unicode') for child in node)}"
        for text in {inside, html.unescape(inside)}:
            score.pieces += 1
            found += active(markup.clean(text, "https://a.example/"))
    return found


def _count(reading: Reading, expected: Expectation, score: Score) -> None:
    try:
        said = judge(reading, expected)
    except OutOfScopeError as reason:
        score.outside[str(reason)] += 1
        return
    except parse.ParseError as error:
        said = f"ParseError {error.kind}"
    except IndexError:
        said = "no such entry"
    own = OWN_TEXTS.get(reading.case.name)
    if said and own is not None and not judge(reading, replace(expected, value=own)):
        score.by_table[reading.case.name] = score.by_table.get(reading.case.name, 0) + 1
    elif said:
        score.differ.setdefault(reading.case.name, []).append(f"{expected}: {said}")
    else:
        score.agree += 1


def judge(reading: Reading, expected: Expectation) -> str:
    """Empty if we agree, else what we say.

    Raises:
        OutOfScopeError: Our model has no such field.
        ParseError: We refuse the document.
    """
    if expected.relation == "any":
        return min((judge(reading, one) for one in expected.value), key=len)
    if expected.relation == "code":
        return _by_code(reading, str(expected.value))
    if "language" in expected.path and "content-language" in reading.case.headers:
        raise OutOfScopeError("the header Content-Language: not read")
    match expected.path:
        case ("encoding",):
            return _encoding(reading, str(expected.value))
        case ("feed", *path):
            return agree_feed(reading, tuple(path), expected)
        case ("entries", int() as number, *path):
            return agree_entry(reading, number, tuple(path), expected)
    raise OutOfScopeError(f"{expected.path[0]}: not held")


def _by_code(reading: Reading, code: str) -> str:
    """`1` expects only that the file can be read."""
    if code != "1":
        raise OutOfScopeError("a document of HTTP" if code == "0" else "code about another library")
    return "" if reading.document else "no document"


def _encoding(reading: Reading, name: str) -> str:
    """The charset only serves the text: another one that reads the same text is as right."""
    text, used = reading.decoded
    try:
        meant = reading.case.body.decode(name)
    except (LookupError, UnicodeDecodeError):
        meant = reading.case.body.decode(name, "replace") if name == "utf-8" else ""
    body = text[text.find("<rss") :] if "<rss" in text else text[text.find("<feed") :]
    return "" if same_text(meant[-len(body) :], body) else f"read as {used}"


def show(found: Iterable[Case]) -> None:
    """Print the score."""
    score = scored()
    print(f"{len(tuple(found))} files; {score.in_scope} expectations in scope, {score.agree} agree, differ:")
    for name, facts in score.differ.items():
        print(f"  {name}")
        for fact in facts:
            print(f"      {fact}")
    print(f"{sum(score.by_table.values())} where HTML says otherwise, and so do we: {', '.join(score.by_table)}")
    print(f"{score.share:.2f} %.  Out of scope, by reason:")
    for reason, count in score.outside.most_common():
        print(f"  {count:5} {reason}")
    print(
        f"pieces of sanitiser cases: {score.pieces}; active: {score.active}; exceptions: {score.errors}; slowest: {score.slowest}"
    )
