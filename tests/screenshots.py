"""Takes the pictures in docs/images/: pages of the sample, and of sources of which some are not well.

python tests/screenshots.py [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from browser import DESK, PHONE, ROOT, build, chromium, missing, sample, serving, visit
from coranto.settings import load
from coranto.store import open_store
from coranto.store.days import Day
from coranto.store.sources import Subscription
from loopback import http, loopback
from river import atom, item

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESK_HEIGHT, PHONE_HEIGHT = 960, 844  # CSS pixels
HEAVY = 250_000  # bytes
PAGES = {"index": "", "category": "guangzhouribao/", "feed": "guangzhouribao/atom.xml"}
PHONES = (("index", "light"), ("category", "dark"))

_HOUR = timedelta(hours=1)
_DAYS = 14
_MOVED = "square"  # a file whose entries all come again under new ids: they are held


def states(now: datetime) -> dict[str, tuple[Subscription, int]]:
    """Invented upstreams, one for every way of being: name, state, failed polls on each of the last days."""
    since = now - 50 * _HOUR
    well = Subscription(
        last_poll=now - _HOUR / 4, due=now + _HOUR / 2, status=200, listed=20, health_since=now - 300 * _HOUR
    )
    ill = replace(well, last_poll=now - _HOUR, due=now + 3 * _HOUR, health_since=since, failing_since=since)
    return {
        "rivernews": (replace(well, reason="rhythm", rhythm=2700, milliseconds=180), 0),
        "wharf": (replace(well, reason="max-age", max_age=1800, milliseconds=95), 0),
        "tower": (replace(ill, errors=7, status=503, error="HTTP 503"), 3),
        "lychee": (replace(ill, errors=1, status=410, error="gone for good", gone=True), 1),
        "bridge": (replace(well, moved_to="https://bridge.example/rss.xml", moved_since=since, health_since=since), 0),
        "ferry": (replace(well, milliseconds=7400, health_since=since), 0),
        "market": (replace(well, overruns=3, listed=10, health_since=since), 0),
    }


def address(name: str) -> str:
    """Where an upstream lies."""
    return f"http://{name}.example/feed.xml"


def entries(name: str, count: int = 12, host: str = "") -> list[str]:
    """Invented entries of an upstream."""
    at = host or f"{name}.example"
    return [
        item(
            f"tag:{at},2022:{n}",
            title=f"{name} 第 {n} 条",
            link=f"https://{at}/{n}",
            published=f"2022-05-{n:02}T08:00:00Z",
        )
        for n in range(1, count + 1)
    ]


def troubled(folder: Path) -> Path:
    """The sample with invented upstreams, as if it had run for days; the answers come by a proxy that is gone after."""
    now = datetime.now(UTC)
    known, then = states(now), str(int((now - _DAYS * 24 * _HOUR).timestamp()))
    sample(folder)
    file, moved = folder / "settings.yaml", folder / "upstreams" / f"{_MOVED}.atom.xml"
    urls = [f"upstreams/{moved.name}", *map(address, known)]
    more = "".join(f"  - {{url: '{url}', category: metro}}\n" for url in urls)
    text = file.read_text(encoding="utf-8").replace("\ncategories:\n", f"{more}\ncategories:\n", 1)
    moved.write_bytes(atom(*entries(_MOVED)))
    answers = {address(name): http(atom(*entries(name, 5 + index))) for index, name in enumerate(known)}
    with loopback(answers) as proxy:
        file.write_text(text.replace("\nfetch:\n", f"\nfetch:\n  proxy: {proxy.url('')}\n"), encoding="utf-8")
        build(folder, SOURCE_DATE_EPOCH=then)
    file.write_text(text, encoding="utf-8")
    moved.write_bytes(atom(*entries(_MOVED, host=f"new.{_MOVED}.example")))
    (folder / "posts" / "2022-06-01-today.md").write_text(
        "---\ntitle: 今日导读\ncategories: GZRB\n---\n三条。\n", "utf-8"
    )
    build(folder, "--offline")
    _remember(file, known, now)
    return folder


def _remember(file: Path, known: dict[str, tuple[Subscription, int]], now: datetime) -> None:
    """Put into the store what days of polling would have."""
    with closing(open_store(load(file).store)) as store:
        ids = store.sources.ids()
        by_address = {upstream.url: ids[upstream.key] for upstream in load(file).upstreams}
        for number, (name, (state, failures)) in enumerate(known.items()):
            source = by_address[address(name)]
            store.sources.keep_subscription(source, state)
            for back in range(_DAYS):
                lost = failures if back < 3 else 0
                fresh = 0 if lost else 2 + (back * back + number * (back + 1)) % 7
                store.days.note(source, now - back * 24 * _HOUR, Day(visits=24, failures=lost * 8, entries=fresh))


def take(browser: Browser, url: str, file: Path, *, width: int = DESK, scheme: str) -> None:
    """One picture, from the top of the page."""
    with visit(browser, url, width=width, scheme=scheme) as seen:
        height = PHONE_HEIGHT if width == PHONE else DESK_HEIGHT
        seen.page.set_viewport_size({"width": width, "height": height})
        file.write_bytes(seen.page.screenshot())
    size = file.stat().st_size
    print(f"{file.name}  {size // 1000} kB")
    if size > HEAVY:
        sys.exit(f"{file} is too heavy")


def take_all(browser: Browser, folder: Path, well: str, ill: str) -> None:
    """Every picture, into ``folder``; ``well`` and ``ill``: addresses of the two sites."""
    for scheme in ("light", "dark"):
        for name, path in PAGES.items():
            take(browser, well + path, folder / f"{name}-{scheme}.png", scheme=scheme)
        take(browser, ill + "status", folder / f"status-{scheme}.png", scheme=scheme)
    for name, scheme in PHONES:
        take(browser, well + PAGES[name], folder / f"{name}-phone-{scheme}.png", width=PHONE, scheme=scheme)


def main(folder: Path = ROOT / "docs" / "images") -> None:
    """Take them all."""
    if why := missing():
        sys.exit(why)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as at:
        places = Path(at, "well"), Path(at, "ill")
        for place in places:
            place.mkdir()
        with serving(sample(places[0])) as well, serving(troubled(places[1])) as ill, chromium() as browser:
            take_all(browser, folder, well, ill)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
