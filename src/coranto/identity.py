"""The keys of an entry: the typed facts by which two entries are the same article (DESIGN 3, IDENTITY A).

``code:`` the infoCode; ``url:`` the canonical address; ``id:`` the source's own id, with a witness.  Pure: the rules
come in as an argument.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from urllib.parse import unquote_to_bytes

from coranto.model import CodeRule, Entry
from coranto.text import fold, one_line
from coranto.text.urls import LONGEST, canonical, names_a_site, path_of, public_iri, split

# IDENTITY A.2: 8 to 64 of these, at least eight digits, so that `infoCode=undefined` is none.
_CODE = re.compile(r"(?=(?:[A-Za-z_-]*[0-9]){8})[A-Za-z0-9_-]{8,64}")
_EIGHT_DIGITS = re.compile(r"(?:[^0-9]*+[0-9]){8}")  # escaped ones are made of digits too
_GROUP = re.compile(r"\{(\d)\}")
_DEPTH = 3  # an address inside a parameter, inside a parameter: share links do not go deeper


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How the same article is known again: settings' ``identity``."""

    codes: tuple[CodeRule, ...] = ()
    tracking: frozenset[str] = frozenset()  # further parameters that name no article
    ignore: frozenset[str] = frozenset()  # keys that join nothing: "url:a.example/live", "code:…", "id:…"

    @cached_property
    def keep(self) -> frozenset[str]:
        """The names, in lower case, of the parameters that hold an infoCode: never dropped as tracking."""
        return frozenset(rule.query.lower() for rule in self.codes if rule.query)

    @cached_property
    def write_digits(self) -> bool:
        """Whether a template brings digits of its own, so that a code may have more of them than its address."""
        return any(re.search(r"[0-9]", _GROUP.sub("", rule.template)) for rule in self.codes)

    @cached_property
    def ignored(self) -> frozenset[str]:
        """``ignore`` as keys without witness: addresses canonical, codes in upper case."""
        return frozenset(_plain_key(text, self) for text in self.ignore)


def code_of(places: Sequence[Sequence[str]], path: str, rules: Rules) -> tuple[str, str]:
    """The infoCode of an entry, from the first place that has any (DESIGN 3.2, IDENTITY A.1).

    Args:
        places: In order of rank. First what the entry states as its code (front matter), as written; then groups of
            addresses of this very article: own links, closing source link.
        path: The path of a post's file, or ""; the rules for file names come last.
        rules: Where codes stand.

    Returns:
        The code in upper case or "", and what was odd about it, for a person, or "". Two different codes in one
        place give no code at all: there is no telling which is right.
    """
    odd = _odd_statement(places[0]) if places else ""
    for codes in _codes_by_place(places, path, rules):
        if len(codes) > 1:
            return (
                "",
                f"two infoCodes in one place, so none is used: {', '.join(sorted(codes)[:5])}; leave only the right one",
            )
        if codes:
            return min(codes), odd
    return "", odd


def date_in_code(code: str) -> date | None:
    """The day that the first eight digits of a code name (SEED 5), if it is one between 1990 and 2100."""
    digits = re.sub(r"[^0-9]", "", code)[:8]
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2100 else None


def title_key(title: str) -> str:
    """What makes two titles the same: NFKC, no case, no blanks (IDENTITY A.3)."""
    return fold(title)


def instant_key(published: datetime | None) -> str:
    """A stated instant in UTC, to the second (``2022-01-07T14:39:30Z``), or ""."""
    if published is None:
        return ""
    aware = published if published.tzinfo else published.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    except OverflowError:  # 0001-01-01 east of Greenwich has no UTC form
        return ""


def keys(entry: Entry, rules: Rules, echoes: Sequence[str] = ()) -> tuple[str, ...]:
    """The keys of an entry, strongest first (DESIGN 3.1).

    Args:
        entry: What a source said.
        rules: Settings' rules of identity.
        echoes: Public ids and aliases that went out with this entry: our own feed coming back is no news (rule 18).

    Returns:
        ``code:…``, ``url:…``, and for each public IRI ``id:IRI|t:<title>`` and ``id:IRI|i:<instant>``. An empty
        value is no key, nor is one that settings ignore.
    """
    found = [f"code:{code}" for code in _codes([entry.code])]
    address = canonical(entry.link, rules.tracking, rules.keep)
    if not names_a_site(address):
        found.append(f"url:{address}")
    witnesses = _witnesses(entry)
    for iri in dict.fromkeys((entry.own_id, *echoes)):
        if public_iri(iri):
            found += [f"id:{iri}|{witness}" for witness in witnesses]
    return tuple(key for key in found if key.partition("|")[0] not in rules.ignored)


def headline_key(entry: Entry) -> str:
    """The title key, or for an entry without title a hash over its text: what tells microblog posts apart."""
    key = title_key(entry.title)
    if key or entry.words is None or not (entry.words.content or entry.words.summary):
        return key
    return f"#{_hash(entry.words.content, entry.words.summary)}"


def row_name(entry: Entry) -> str:
    """The name of an upstream entry's row: 16 hex digits over what it said first, whatever settings say."""
    return _hash(entry.own_id, canonical(entry.link), headline_key(entry), instant_key(entry.published))


def _hash(*values: str) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _witnesses(entry: Entry) -> tuple[str, ...]:
    """What must agree beside an id: one guid for two articles joins nothing (IDENTITY A.3)."""
    title, instant = title_key(entry.title), instant_key(entry.published)
    by_title = (f"t:{_hash(title)}",) if title else ()
    return (*by_title, f"i:{instant}") if instant else by_title


def _plain_key(text: str, rules: Rules) -> str:
    kind, _, value = text.strip().partition(":")
    if kind == "code":
        return f"code:{''.join(_codes([value])) or value}"
    if kind == "url":
        return f"url:{canonical(value, rules.tracking, rules.keep) or value}"
    return f"{kind}:{value.partition('|')[0]}"


def _odd_statement(stated: Sequence[str]) -> str:
    for text in stated:
        if text.strip() and not _codes([text]):
            shown = one_line(text[:80])
            return f"“{shown}” is no infoCode: it takes 8 to 64 letters, digits, - or _, at least eight of them digits"
    return ""


def _codes_by_place(places: Sequence[Sequence[str]], path: str, rules: Rules) -> Iterator[set[str]]:
    if places:
        yield _codes(places[0])
    for group in places[1:]:
        yield {code for address in group for code in _codes_of_address(address, rules)}
    yield _codes(_filled(rule.file, rule.template, path) for rule in rules.codes if rule.file)


def _codes(values: Sequence[str] | Iterator[str]) -> set[str]:
    """The usable codes among ``values``, upper case over ASCII only: ``ſ`` must not fold to ``s`` (IDENTITY A.2)."""
    trimmed = (value.strip() for value in values)
    return {value.upper() for value in trimmed if _CODE.fullmatch(value)}


def _codes_of_address(address: str, rules: Rules) -> set[str]:
    if len(address) > LONGEST or (not rules.write_digits and not _EIGHT_DIGITS.match(address)):
        return set()
    queried = [code.decode("latin-1") for code in _queried(address, rules)]
    parts = split(address)
    if parts is None:
        return _codes(queried)
    path = path_of(parts)
    here = (rule for rule in rules.codes if rule.path and fnmatchcase(parts.host, rule.host.lower() or "*"))
    return _codes([*queried, *(_filled(rule.path, rule.template, path) for rule in here)])


def _queried(address: str, rules: Rules) -> Iterator[bytes]:
    """What the query of an address says under the names of the rules; what stands only in the fragment is ignored."""
    query = address.partition("#")[0].partition("?")[2]
    names = frozenset(name.encode() for name in rules.keep)
    return _in_query(query.encode("utf-8", "surrogatepass"), names, _DEPTH)


def _in_query(query: bytes, names: frozenset[bytes], depth: int) -> Iterator[bytes]:
    """Walk a query on bytes (their ``lower`` knows ASCII only), also inside parameters that hold an address."""
    for pair in query.split(b"&"):
        name, equals, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
        if equals and name.strip().lower().removeprefix(b"amp;") in names:
            yield value
        elif depth:
            inner = (value or name).partition(b"#")[0]
            yield from _in_query(inner.partition(b"?")[2] or inner, names, depth - 1)


def _filled(pattern: str, template: str, text: str) -> str:
    """``template`` with the groups of the first match (``NW{1}``; without template the first group); "" for none."""
    match = _compiled(pattern).search(text)
    if match is None:
        return ""
    groups = (match[0], *match.groups(default=""))
    fill = template or ("{1}" if len(groups) > 1 else "{0}")
    return _GROUP.sub(lambda number: groups[int(number[1])] if int(number[1]) < len(groups) else "", fill)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # \d would match full-width digits
