"""What speaks against a merge: reported with it, never a reason to split (E5).  Pure.

Equal keys are what joins; a title, a figure or a date that is another one shows a key that names the wrong article, or
a correction: only a person can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from coranto.model import Entry
from coranto.text import one_line

LONGEST = 300  # characters of a title that are looked at
FAR = timedelta(days=7)  # copies of one article are hours apart, or days
_ALIKE = 1 / 3  # of the shorter title's words stand in the other: a headline may be reworded
_SHOWN = 3  # figures of one title

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_RUNS = re.compile(rf"([{_CJK}]+)|([^\W_{_CJK}]+)")
_SHORT = 3  # letters: "the", "of", "in" say nothing

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_SIZES = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "亿": 10**8,
    "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, "百": 100,
    "trillion": 10**12, "billion": 10**9, "million": 10**6, "bn": 10**9,
}  # fmt: skip
_UNITS = {
    "%": "%",
    "个百分点": "%",
    "percent": "%",
    "成": "%",
    "年": "年",
    "月": "月",
    "日": "日",
    "号": "日",
    "季度": "季度",
}
_MONEY = ("美元", "港元", "欧元", "日元", "英镑")
_LATIN = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_HAN = r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千]*"
_FIGURE = re.compile(
    rf"百分之(?P<share>{_LATIN}|{_HAN})|(?:(?P<latin>{_LATIN})|(?P<han>{_HAN}))"
    rf"\s?(?P<size>{'|'.join(_SIZES)})?\s?(?P<unit>{'|'.join((*_UNITS, *_MONEY))})?"
)


def doubts(winner: Entry, other: Entry) -> tuple[str, ...]:
    """Why two entries of one story may be two articles after all (FEATURES E5).

    Args:
        winner: the entry whose words are shown.
        other: another entry of its story.

    Returns:
        Sentences for a person: titles that share almost nothing, figures that differ, dates far apart. None is what
        copies of one article give; a title or a date that is not stated says nothing.
    """
    titles = tuple(
        unicodedata.normalize("NFKC", one_line(entry.title)[:LONGEST]).casefold() for entry in (winner, other)
    )
    found = (_titles(*titles), _figures(*titles), _dates(winner, other))
    return tuple(filter(None, found))


def figures(title: str) -> Mapping[str, Mapping[str, str]]:
    """The figures in a title: kind (``%``, ``年``, ``月``, ``日``, or '' for amounts) -> value -> as written.

    ``title`` is in form NFKC. Numbers in Chinese count when they have a unit or are of several characters: 一百亿 is a
    figure, 一带一路 is none.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for match in _FIGURE.finditer(title):
        for kind, value in _figure(match):
            found[kind].setdefault(value, match[0].strip())
    return found


def _figure(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    size, unit = match["size"] or "", match["unit"] or ""
    if match["share"]:
        yield "%", _plain(_number(match["share"]))
    elif match["latin"] or size or unit or _is_number(match["han"]):
        value = _number(match["latin"] or match["han"]) * _SIZES.get(size, 1)
        value *= 10 if unit == "成" else 1
        yield _UNITS.get(unit, ""), _plain(value) + (unit if unit in _MONEY else "")


def _is_number(han: str) -> bool:
    """Whether Chinese digits without a unit are a number: 二十, 三千; no lone 一, and no 十."""
    return len(han) > 1 and any(char in _TENS for char in han[1:])


def _number(text: str) -> Decimal:
    if text[0] in _DIGITS or text[0] in _TENS:
        return Decimal(_from_chinese(text))
    return Decimal(text.replace(",", ""))


def _from_chinese(text: str) -> int:
    """二百三十五 -> 235, 十二 -> 12, 二〇二二 -> 2022."""
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _TENS:
            total, digit = total + (digit or 1) * _TENS[char], 0
        else:
            digit = _DIGITS[char]
    return total + digit


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _figures(title: str, other: str) -> str:
    """Figures differ if each title states one of a kind that the other does not; a title that leaves one out is no rival."""
    here, there = figures(title), figures(other)
    only, others = list[str](), list[str]()
    for kind in here.keys() & there.keys():
        mine = [here[kind][value] for value in here[kind] if value not in there[kind]]
        theirs = [there[kind][value] for value in there[kind] if value not in here[kind]]
        if mine and theirs:
            only, others = only + mine, others + theirs
    return f"figures differ: {_some(only)} / {_some(others)}" if only else ""


def _some(written: list[str]) -> str:
    return ", ".join(sorted(written)[:_SHOWN])


def _titles(title: str, other: str) -> str:
    mine, theirs = _words(title), _words(other)
    fewer = min(len(mine), len(theirs))
    return "titles share almost nothing" if fewer and len(mine & theirs) < _ALIKE * fewer else ""


def _words(title: str) -> frozenset[str]:
    """What a title is made of beside its figures: pairs of characters in Chinese, Japanese and Korean, words elsewhere."""
    pairs, words = set[str](), set[str]()
    for cjk, word in _RUNS.findall(_FIGURE.sub(" ", title)):
        if cjk:
            pairs |= {cjk[at : at + 2] for at in range(len(cjk) - 1)} or {cjk}
        else:
            words.add(word)
    return frozenset(pairs | {word for word in words if len(word) > _SHORT} or words)


def _dates(winner: Entry, other: Entry) -> str:
    if winner.published is None or other.published is None:
        return ""
    try:
        apart = abs(winner.published - other.published)
    except (OverflowError, TypeError):  # the ends of the calendar; one of them has no zone
        return ""
    return f"dates are {apart.days:,} days apart" if apart > FAR else ""
