"""Entries whose ids, links, dates, categories, texts and enclosures are bad."""

from __future__ import annotations

import json
import re
from html import escape
from urllib.parse import urlsplit

from hostile.catalogue import Path, Seen, inside
from hostile.documents import (
    ATOM_TYPE,
    Check,
    atom,
    count,
    each,
    entry,
    every,
    item,
    lacks,
    made,
    ours,
    rss,
    said,
    same_ids,
    stamp,
)
from hostile.names import CATEGORIES, DATES, LINKS, ONE_CATEGORY, TEXTS
from loopback import Asked

_MIB = 1024 * 1024
_SHANGHAI = "timezone: Asia/Shanghai"


# ---- ids


def _ids(name: str, *items: str, number: int) -> Path:
    """A document that comes twice, in two versions; so many stories, under the same ids both times (R17)."""
    documents = (rss(*items, head=f"<generator>{version}</generator>") for version in (1, 2))
    return Path(
        kind="entries",
        name=f"guid-{name}",
        answer=each(*documents),
        expect="entries",
        polls=2,
        check=every(count(number), same_ids),
    )


_LONG_ID = "x" * _MIB
_IDS = [
    _ids("doubled", item("一篇", guid="a"), item("一篇", guid="a"), number=1),
    _ids("for-two-articles", item("甲篇", 0, guid="a", text="甲文。"), item("乙篇", 1, guid="a", text="乙文。"), number=2),
    _ids("missing", item("甲篇"), item("乙篇", 1), number=2),
    _ids("missing-with-link", item("甲篇", link=""), item("乙篇", 1, link=""), number=2),
    _ids("missing-with-link-and-date", item("甲篇", link="", date=""), item("乙篇", 1, link="", date=""), number=2),
    _ids("blank", item("甲篇", guid="   "), item("乙篇", 1, guid="   "), number=2),
    _ids("numbers", item("甲篇", guid="0"), item("乙篇", 1, guid="00"), item("丙篇", 2, guid="1.0"), item("丁篇", 3, guid="1"), number=4),
    _ids("that-differ-in-case", item("甲篇", guid="https://paper.example/A"), item("乙篇", 1, guid="https://paper.example/a"), number=2),
    _ids("that-differ-in-normal-form", item("甲篇", guid="caf\u00e9"), item("乙篇", 1, guid="cafe\u0301"), number=2),
    _ids("that-differ-in-width", item("甲篇", guid="ａ１"), item("乙篇", 1, guid="a1"), number=2),
    _ids("of-1-mib", item("甲篇", guid=f"{_LONG_ID}a"), item("乙篇", 1, guid=f"{_LONG_ID}b"), number=2),
    _ids("of-one-for-all-of-30", *(item(f"第{n}篇", n, guid="same", text=f"文{n}。") for n in range(30)), number=30),
    _ids("with-one-link-for-all", *(item(f"第{n}篇", n, guid=f"g{n}", link="https://paper.example/", text=f"文{n}。") for n in range(5)), number=5),
    _ids("that-is-no-address-as-permalink", "<item><title>甲篇</title><guid>见正文</guid><description>文。</description></item>", number=1),
]  # fmt: skip


# ---- infoCodes

_CODE = "NW202201072239307540"
_SPELLINGS = (
    f"http://finews.site.example/NewsShare.html?infoCode={_CODE}",
    f"https://finews.site.example/NewsShare.html?infoCode={_CODE}",
    f"//finews.site.example/NewsShare.html?infoCode={_CODE}",
    f"http://FINEWS.site.example:80/NewsShare.html?infoCode={_CODE}",
    f"http://finews.site.example/NewsShare.html?from=app&amp;infoCode={_CODE}",
    f"http://finews.site.example/NewsShare.html?infoCode={_CODE}&amp;utm_source=x&amp;utm_medium=y",
    f"http://finews.site.example/NewsShare.html?infoCode={_CODE}#top",
    f"http://finews.site.example/NewsShare.html?INFOCODE={_CODE.lower()}",
    f"http://m.site.example/share?infocode=%20{_CODE}%20",
    f"http://finews.site.example/NewsShare.html?infoCode=%4E%57{_CODE[2:]}",
)
_SPELT = [rss(item("同一篇", link=link, date=stamp(3)), head=f"<ttl>{at}</ttl>") for at, link in enumerate(_SPELLINGS)]
_ODD_CODES = {
    "empty": "http://site.example/s?infoCode=&amp;n={n}",
    "blank": "http://site.example/s?infoCode=%20&amp;n={n}",
    "traversal": "http://site.example/s?infoCode=../../../etc/passwd&amp;n={n}",
    "nul": "http://site.example/s?infoCode=%00&amp;n={n}",
    "script": "http://site.example/s?infoCode=%3Cscript%3E&amp;n={n}",
    "of-1-mib": f"http://site.example/s?n={{n}}&amp;infoCode={'A' * _MIB}",
    "two-in-one-link": "http://site.example/s?infoCode=NW1&amp;infoCode=NW2{n}",
    "only-in-the-fragment": "http://site.example/s?n={n}#infoCode=" + _CODE,
    "in-the-path": "http://site.example/infoCode=" + _CODE + "/{n}",
    "in-the-name-of-another": "http://site.example/s?xinfoCode=" + _CODE + "&amp;n={n}",
}


def _odd_code(name: str) -> Path:
    """Two articles with the same odd infoCode: no merge, and no path is made of it."""
    links = [_ODD_CODES[name].format(n=n) for n in (1, 2)]
    pair = (item("甲篇", 0, link=links[0], text="甲文。"), item("乙篇", 1, link=links[1], text="乙文。"))
    check = every(count(2), only_our_folders("news"))
    return Path(kind="entries", name=f"infocode-{name}", answer=said(rss(*pair)), expect="entries", check=check)


# ---- dates


def _dated(name: str) -> Path:
    """One item with the date, and one without any: that is dated by the day it was first seen."""
    stated, meant = DATES[name]

    def check(seen: Seen) -> list[str]:
        dates = {story["title"]: story["date_published"] for story in ours(seen).values()}
        wanted = meant or dates["没有日期"]
        return [] if dates["有日期"] == wanted else [f"{stated[:60]!r} was taken for {dates['有日期']}, not {wanted}"]

    document = rss(item("有日期", 0, date=stated), item("没有日期", 1, date=""))
    return Path(
        kind="entries",
        name=f"date-{name}",
        answer=said(document),
        expect="entries",
        upstream=_SHANGHAI,
        check=every(count(2), check, nothing_later),
    )


def nothing_later(seen: Seen) -> list[str]:
    """Nothing in our output is dated later than the run (R19); it is in January 2022."""
    text = b"".join(data for name, data in seen.after[-1].items() if name.endswith((".xml", ".json")))
    later = re.findall(
        rb"20(?:2[3-9]|[3-9]\d)-\d\d-\d\dT|2022-(?:0[2-9]|1\d)-\d\dT|\d{5}-\d\d-\d\dT|[3-9]\d{3}-\d\d-\d\dT", text
    )
    return [f"dated later than the run: {later[0].decode()}"] if later else []


_BACKWARDS = atom(entry("先改后发").replace(f"<updated>{stamp()}</updated>", "<updated>2021-01-01T00:00:00Z</updated>"))


# ---- links, categories, texts


def _linked(name: str) -> Path:
    """An item with a bad link."""
    link, wanted = LINKS[name]

    def check(seen: Seen) -> list[str]:
        (story,) = ours(seen).values()
        url = story["url"]
        fine = url.startswith("https://news.example/all/#") if wanted == "" else wanted is None or url == wanted
        usable = (
            urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname and not re.search(r"[\s<>\"\\]", url)
        )
        return [f"it links to {url[:80]!r}"] * (not (fine and usable))

    return Path(
        kind="entries",
        name=f"link-{name}",
        answer=said(rss(item("坏链接", link=link, guid="x"))),
        expect="entries",
        titles=("坏链接",),
        check=check,
    )


def only_our_folders(*names: str) -> Check:
    """feeds/ holds these folders, what belongs to every site, and nothing else."""

    def check(seen: Seen) -> list[str]:
        folders = {name.partition("/")[0] for name in seen.after[-1] if "/" in name}
        return [f"a folder {one!r}" for one in sorted(folders - {"all", "assets", *names})]

    return check


def _own_folders(seen: Seen) -> list[str]:
    """Each category has a folder of its own beside all, assets and news, with its one story in it."""
    files = seen.after[-1]
    folders = {name.split("/")[0] for name in files if name.endswith("/feed.json")} - {"all", "news"}
    faults = [f"{len(folders)} folders for {len(CATEGORIES)} categories"] * (len(folders) != len(CATEGORIES))
    for folder in sorted(folders):
        items = json.loads(files[f"{folder}/feed.json"])["items"]
        faults += [f"{folder} holds {len(items)} stories"] * (len(items) != 1)
        faults += [f"no name for a folder: {folder!r}"] * bool(re.search(r"[<>:\"\\|?*%\x00-\x1f]|^\.|[. ]$", folder))
    faults += [f"a path {name!r}" for name in files if len(name.split("/")) > 2 and not name.startswith("assets/")]
    faults += [f"a path {name!r}" for name in files if ".." in name.split("/") or len(name.encode()) > 200]
    low = [folder.casefold() for folder in folders]
    return faults + [f"{one!r} twice" for one in {one for one in low if low.count(one) > 1}]


def _nothing_overwritten(seen: Seen) -> list[str]:
    """What is not a category's is as it was: every story is in all/, and the pages are pages."""
    faults = (
        [] if len(json.loads(seen.after[-1]["all/feed.json"])["items"]) >= len(CATEGORIES) else ["all/ is not whole"]
    )
    assets = {name: data for name, data in seen.before.items() if name.startswith("assets/")}
    faults += [f"{name} was overwritten" for name in assets if seen.after[-1].get(name) != assets[name]]
    return faults + ["index.html is no page"] * (b"<html" not in seen.after[-1]["index.html"])


def _named(number: int, name: str) -> str:
    return item(f"第{number}条", number, more=f"<category>{escape(name)}</category>")


_FILED = rss(*(_named(number, name) for number, name in enumerate(CATEGORIES)))


def _one_category(number: int) -> Path:
    """Two spellings of one category share a folder."""
    pair = ONE_CATEGORY[number]

    def check(seen: Seen) -> list[str]:
        folders = {name.split("/")[0] for name in seen.after[-1] if name.endswith("/feed.json")} - {"all", "news"}
        return [] if len(folders) == 1 else [f"the folders {sorted(folders)}"]

    document = rss(*(_named(at, name) for at, name in enumerate(pair)))
    return Path(
        kind="entries",
        name=f"category-twins-{number + 1}",
        answer=said(document),
        expect="entries",
        upstream="own_categories: true",
        check=check,
    )


def _worded(name: str) -> Path:
    """A text as title, text, author and category of an item."""
    text, title = TEXTS[name]
    xml = (
        escape("".join(f"&#{ord(char)};" if char in "\r\x85" else char for char in text), quote=False)
        .replace("&amp;#13;", "&#13;")
        .replace("&amp;#133;", "&#133;")
    )
    document = atom(
        entry(
            f'<title type="text">{xml}</title>',
            content=f"<content>{xml}</content>",
            more=f"<author><name>{xml}</name></author>",
        )
    )

    def check(seen: Seen) -> list[str]:
        forged = [
            line for line in seen.errors.splitlines() if line.startswith(("2022-01-07 ERROR", "level=ERROR 伪造"))
        ]
        return [f"a forged line in the log: {line}" for line in forged]

    return Path(
        kind="entries",
        name=f"text-{name}",
        answer=said(document, ATOM_TYPE),
        expect="any" if name == "only-blanks" else "entries",
        titles=(title,) if title else (),
        check=every(check, lacks("\x1b")),
    )


# ---- enclosures, and what points inside


def _enclosed(name: str, *attributes: str, wanted: int) -> Path:
    more = "".join(f"<enclosure {one}/>" for one in attributes)

    def check(seen: Seen) -> list[str]:
        (story,) = ours(seen).values()
        files = story.get("attachments", [])
        faults = [f"{len(files)} enclosures came out"] * (len(files) != wanted)
        return faults + [
            f"an enclosure of {one}" for one in files if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", one["mime_type"])
        ]

    return Path(
        kind="entries",
        name=f"enclosure-{name}",
        answer=said(rss(item("附件", more=more))),
        expect="entries",
        titles=("附件",),
        check=every(check, lacks("javascript:", "file:///")),
    )


_MP3 = 'url="https://cdn.example/a.mp3"'
_ENCLOSED = [
    _enclosed("url-of-a-script", 'url="javascript:alert(1)" length="1" type="audio/mpeg"', wanted=0),
    _enclosed("url-of-a-file", 'url="file:///etc/passwd" length="1" type="audio/mpeg"', wanted=0),
    _enclosed("url-empty", 'url="" length="1" type="audio/mpeg"', wanted=0),
    _enclosed("url-missing", 'length="1" type="audio/mpeg"', wanted=0),
    _enclosed("length-negative", f'{_MP3} length="-1" type="audio/mpeg"', wanted=1),
    _enclosed("length-huge", f'{_MP3} length="{"9" * 5000}" type="audio/mpeg"', wanted=1),
    _enclosed("length-in-words", f'{_MP3} length="12 MB" type="audio/mpeg"', wanted=1),
    _enclosed("length-missing", f'{_MP3} type="audio/mpeg"', wanted=1),
    _enclosed("type-with-markup", f'{_MP3} length="1" type="a/b&quot;&gt;&lt;script&gt;"', wanted=1),
    _enclosed("type-missing", f'{_MP3} length="1"', wanted=1),
    _enclosed("type-with-line-end", f'{_MP3} length="1" type="audio/mpeg&#13;&#10;X: y"', wanted=1),
    _enclosed(
        "1000", *(f'url="https://cdn.example/{n}.mp3" length="1" type="audio/mpeg"' for n in range(1000)), wanted=100
    ),
    _enclosed("same-1000-times", *([f'{_MP3} length="1" type="audio/mpeg"'] * 1000), wanted=1),
]

# Of the feed's head, or of the item: what names an address that nobody may ask or keep.
_HEADS = {
    "self-link": '<atom:link rel="self" href="@"/>',
    "hub": '<atom:link rel="hub" href="@"/>',
    "next-page": '<atom:link rel="next" href="@"/>',
    "new-feed-url": "<itunes:new-feed-url>@</itunes:new-feed-url>",
    "image": "<image><url>@</url><title>t</title><link>@</link></image>",
    "logo": "<atom:logo>@</atom:logo><atom:icon>@</atom:icon>",
    "cloud": '<cloud domain="127.0.0.2" port="80" path="/inside" registerProcedure="x" protocol="http-post"/>',
    "docs-and-text-input": "<docs>@</docs><textInput><title>t</title><description>d</description><name>n</name><link>@</link></textInput>",
}
_CONTENT_SRC = '<summary>摘要。</summary><content type="text/html" src="@"/>'


def _points_inside(name: str, document: str) -> Path:
    def answer(asked: Asked) -> str:
        return document.replace("@", inside(asked))

    return Path(
        kind="entries",
        name=f"points-inside-{name}",
        answer=made(answer),
        expect="entries",
        polls=2,
        titles=("指向里面",),
        check=lacks("/inside/"),
    )


PATHS = [
    *_IDS,
    Path(
        kind="entries",
        name="infocode-in-ten-spellings",
        answer=each(*_SPELT),
        expect="entries",
        polls=len(_SPELT),
        slow=True,
        titles=("同一篇",),
        check=same_ids,
    ),
    *map(_odd_code, _ODD_CODES),
    *map(_dated, DATES),
    Path(
        kind="entries",
        name="date-updated-before-published",
        answer=said(_BACKWARDS),
        expect="entries",
        check=every(count(1), nothing_later),
    ),
    *map(_linked, LINKS),
    Path(
        kind="entries",
        name="categories-42",
        answer=said(_FILED),
        expect="entries",
        upstream="own_categories: true",
        check=every(_own_folders, _nothing_overwritten),
    ),
    *map(_one_category, range(len(ONE_CATEGORY))),
    *map(_worded, TEXTS),
    *_ENCLOSED,
    *(_points_inside(name, rss(item("指向里面"), head=head)) for name, head in _HEADS.items()),
    _points_inside("content-src", atom(entry("指向里面", content=_CONTENT_SRC))),
    _points_inside(
        "comments-and-source", rss(item("指向里面", more='<comments>@</comments><source url="@">s</source>'))
    ),
]
