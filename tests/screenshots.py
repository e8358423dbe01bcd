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
from coranto.store.sources import Subscription

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESK_HEIGHT, PHONE_HEIGHT = 960, 844  # CSS pixels
HEAVY = 250_000  # bytes
PAGES = {"index": "", "category": "guangzhouribao/", "feed": "guangzhouribao/atom.xml"}
PHONES = (("index", "light"), ("category", "dark"))

_HOUR = timedelta(hours=1)


def subscriptions(now: datetime) -> dict[str, Subscription]:
    """Address and state of invented upstreams: one for every way of being."""
    well = Subscription(
        last_poll=now - _HOUR / 4, last_good=now - _HOUR / 4, due=now + _HOUR / 2, status=200, listed=20
    )
    since = now - 50 * _HOUR
    broken = Subscription(last_poll=now - _HOUR, due=now + 3 * _HOUR, health_since=since, failing_since=since)
    return {
        "https://www.rivernews.example/feed.xml": replace(well, reason="rhythm", rhythm=2700, milliseconds=180),
        "https://wharf.example/atom.xml": replace(well, reason="max-age", max_age=1800, milliseconds=95),
        "https://tower.example/rss": replace(
            broken,
            errors=7,
            status=503,
            error="HTTP 503",
            health="failing",
            health_why="failed 7 times in a row: HTTP 503",
        ),
        "https://lychee.example/feed": replace(broken, errors=1, status=410, error="gone for good", gone=True),
        "https://old.bridge.example/rss.xml": replace(
            well, moved_to="https://bridge.example/rss.xml", moved_since=since, status=200
        ),
        "https://square.example/atom.xml": replace(well, held=True, listed=40),
        "https://ferry.example/feed": replace(well, milliseconds=7400),
        "https://market.example/rss": replace(well, overruns=3, listed=10),
        "https://lane.example/feed.xml": replace(well, shape="lists 2 entries, 30 before", shape_at=since),
    }


def troubled(folder: Path) -> Path:
    """The sample with invented upstreams, as if it had run for days."""
    now = datetime.now(UTC)
    known = subscriptions(now)
    sample(folder)
    file = folder / "settings.yaml"
    more = "".join(f"  - {{url: '{url}', category: metro}}\n" for url in known)
    text = file.read_text(encoding="utf-8").replace("\ncategories:\n", f"{more}\ncategories:\n", 1)
    file.write_text(text, encoding="utf-8")
    build(folder, "--offline")
    settings = load(file)
    with closing(open_store(settings.store)) as store:
        ids = store.sources.ids()
        for upstream in settings.upstreams:
            if upstream.url in known:
                store.sources.keep_subscription(ids[upstream.key], known[upstream.url])
    return folder


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
