"""Feeds that are another one at every request, and feeds that claim what another one said."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path as File
from typing import Any

from hostile.catalogue import Path, Seen
from hostile.documents import (
    Check,
    all_stories,
    atom,
    count,
    each,
    every,
    item,
    made,
    ours,
    rss,
    said,
    same_bytes,
    same_ids,
    stamp,
)
from loopback import Asked
from river import Site
from river import item as atom_item

_POLLS = 4
_MANY = 12  # from ten on a source that renames everything is held back (R16)


def _churning(name: str, document: Callable[[int], str], *checks: Check, **more: Any) -> Path:
    """A document that depends on the number of the poll."""

    def answer(asked: Asked) -> str:
        return document(asked.number)

    given = {"expect": "entries", "polls": _POLLS, **more}
    return Path(kind="entries", name=f"churn-{name}", answer=made(answer), check=every(*checks), **given)


def _items(make: Callable[[int], str], number: int = _MANY) -> str:
    return rss(*(make(n) for n in range(number)))


def _new_guids(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"{poll}-{n}"))


def _new_parameters(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"g{n}", link=f"https://paper.example/{n}?t={poll}"))


def _new_tracking(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, link=f"https://paper.example/{n}?utm_id={poll}"))


def _all_new(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"{poll}-{n}", link=f"https://paper.example/{poll}/{n}"))


def _dated_now(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"g{n}", date=f"2022-01-{9 + poll:02}T04:00:00Z"))


def _turned(poll: int) -> str:
    """Other order, the same items: without dates, so that nothing but the order could sort them."""
    items = [item(f"第{n}篇", n, guid=f"g{n}", date="") for n in range(_MANY)]
    return rss(*items[poll:], *items[:poll])


def _turned_with_dates(poll: int) -> str:
    items = [item(f"第{n}篇", n, guid=f"g{n}", date=stamp(n // 3)) for n in range(_MANY)]
    return rss(*(items if poll % 2 else reversed(items)))


def _counted(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"g{n}", text=f"正文。阅读 {poll * 17} 次"))


def _flickering(poll: int) -> str:
    return _items(lambda n: item(f"第{n}篇", n, guid=f"g{n}"), (20, 0, 1, 20)[poll % 4])


def _retitled(poll: int) -> str:
    return rss(item(f"第{poll}版的标题", guid="g", link="https://paper.example/g"))


def _built_at(poll: int) -> str:
    return rss(
        *(item(f"第{n}篇", n, guid=f"g{n}") for n in range(_MANY)),
        head=f"<lastBuildDate>Sun, {9 + poll:02} Jan 2022 04:00:00 GMT</lastBuildDate><generator>{poll}</generator>",
    )


def _noisy(poll: int) -> str:
    """Other blanks, attributes and order of elements; the same words."""
    extra = f' class="c{poll}" data-t="{poll}"'
    html = f"&lt;p{extra}&gt;正文。&lt;/p&gt;" + "\n" * poll
    return _items(lambda n: item(f"第{n}篇", n, guid=f"g{n}", text=html))


def _titles_are(*titles: str) -> Check:
    def check(seen: Seen) -> list[str]:
        found = [story["title"] for story in ours(seen).values()]
        return [] if sorted(found) == sorted(titles) else [f"the titles are {found}"]

    return check


_FIRST = _titles_are(*(f"第{n}篇" for n in range(_MANY)))
_CHURN = [
    _churning("new-guids", _new_guids, _FIRST, same_ids),
    _churning("new-guids-without-the-good-feed", _new_guids, _FIRST, same_ids, good_first=False),
    _churning("new-link-parameters", _new_parameters, _FIRST, same_ids),
    _churning("new-tracking-parameters", _new_tracking, _FIRST, same_ids),
    _churning("guids-and-links", _all_new, _FIRST, same_ids, good_first=False),
    _churning("dates-are-now", _dated_now, _FIRST, same_ids),
    _churning("order-without-dates", _turned, _FIRST, same_ids, same_bytes),
    _churning("order-with-dates", _turned_with_dates, _FIRST, same_ids, same_bytes),
    _churning("counter-in-the-text", _counted, _FIRST, same_ids),
    _churning("20-0-1-20-items", _flickering, count(20), same_ids, same_bytes),
    _churning("title-is-edited", _retitled, _titles_are(f"第{_POLLS - 1}版的标题"), same_ids),
    _churning("build-date", _built_at, _FIRST, same_ids, same_bytes),
    _churning("markup-noise", _noisy, _FIRST, same_ids, same_bytes),
    Path(
        kind="entries",
        name="churn-all-is-replaced",
        answer=each(
            rss(*(item(f"旧的{n}", n, guid=f"o{n}", link=f"https://paper.example/o{n}") for n in range(5))),
            rss(*(item(f"新的{n}", n, guid=f"n{n}", link=f"https://paper.example/n{n}") for n in range(5))),
        ),
        expect="entries",
        polls=2,
        check=count(10),
    ),
]


# ---- an entry that claims to be another source's

_VICTIM = "https://victim.example/1"
_CODED = "https://victim.example/s?infoCode=NW202201072239307540"
_LATER = "2022-01-08T03:00:00Z"
_CLAIMS = {
    "id": {"own_id": _VICTIM, "link": "https://thief.example/1"},
    "link": {"own_id": "tag:thief.example,2022:1", "link": _VICTIM},
    "id-and-link": {"own_id": _VICTIM, "link": _VICTIM},
    "id-title-and-date": {"own_id": _VICTIM, "link": "https://thief.example/1", "title": "真消息"},
    "infocode": {"own_id": "tag:thief.example,2022:1", "link": _CODED.replace("victim", "thief")},
    "infocode-and-newer": {
        "own_id": "tag:thief.example,2022:1",
        "link": _CODED,
        "published": _LATER,
        "updated": _LATER,
    },
    "via-link": {"own_id": "tag:thief.example,2022:1", "link": "", "more": f'<link rel="via" href="{_CODED}"/>'},
}


def _theft(name: str) -> str:
    return atom_item(**{"title": "假消息", "text": "假的正文，长得多。" * 20, **_CLAIMS[name]})


def _victim(name: str) -> str:
    return atom_item(
        _VICTIM, title="真消息", link=_CODED if "infocode" in name or "via" in name else _VICTIM, text="真的正文。"
    )


def _unharmed(name: str, *, thief_first: bool) -> list[str]:
    """A site with both sources, the victim better placed: its words are what is out, under its id (DESIGN 3.6)."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(File(folder))
        site.feed("victim", *([] if thief_first else [_victim(name)]))
        site.feed("thief", *([_theft(name)] if thief_first else []))
        site.build()
        site.feed("victim", _victim(name))
        site.feed("thief", _theft(name))
        site.build()
        ids = site.ids()
        site.build()
        faults = [] if site.ids() == ids else ["ids change from build to build"]
        stories = {story.title: story for story in site.stories("victim")}
    if "真消息" not in stories:
        return [*faults, f"the victim's feed holds {list(stories)}"]
    return faults + ["the victim's text was replaced"] * ("假" in stories["真消息"].content)


def _hijack(name: str) -> Path:
    def check(_seen: Seen) -> list[str]:
        return _unharmed(name, thief_first=False) + _unharmed(name, thief_first=True)

    return Path(kind="entries", name=f"hijack-{name}", answer=said(atom(_theft(name))), expect="entries", check=check)


def _one_story_under_one_id(seen: Seen) -> list[str]:
    """Two in one document that claim one id: both are out (R17), and no third."""
    found = all_stories(seen.after[-1])
    return [] if len(found) == 4 else [f"{len(found)} stories are out"]


PATHS = [
    *_CHURN,
    *map(_hijack, _CLAIMS),
    Path(
        kind="entries",
        name="hijack-in-one-document",
        answer=said(rss(item("真消息", 0, guid="a"), item("假消息", 1, guid="a"))),
        expect="entries",
        check=_one_story_under_one_id,
    ),
]
