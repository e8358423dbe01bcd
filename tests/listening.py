"""A store that listens to one feed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coranto.doctor import Reading
from coranto.intake.document import take_document, take_pending
from coranto.intake.library import Library
from coranto.model import Document, Entry, Source, Words
from coranto.settings.compile import compile_settings
from coranto.settle import settle
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.sqlite import Sqlite

NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = "a.example/rss.xml"
TAG = "news.example,2021"
SETTINGS = compile_settings(
    f"""site: {{title: 江城, url: "https://news.example/", tag: "{TAG}"}}
upstreams:
  - {{url: "https://{KEY}", category: evening, drop: [招聘]}}
""".encode(),
    Path("/site/settings.yaml"),
    Path("settings.yaml"),
)


def entry(own_id: str = "urn:a:1", **fields: object) -> Entry:
    """An item as parsed."""
    content = str(fields.pop("content", "<p>正文</p>"))
    said = {"link": "https://a.example/1", "title": "标题", "published": NOON, "fullness": len(content), **fields}
    return Entry(source=KEY, own_id=own_id, words=Words(content=content), **said)


class Upstream:
    """A store that listens to one feed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.library = Library(SETTINGS)
        self.now = NOON
        self.title = "样报"
        self.reading = Reading()  # of the last document
        store.sources.arrange([Source(key=KEY, kind="feed", feed_url=f"https://{KEY}")])
        self.source = store.sources.ids()[KEY]

    def poll(self, *entries: Entry, later: timedelta = HOUR, withdrawn: tuple[str, ...] = ()) -> None:
        """The feed says this, ``later`` than what it said before."""
        self.now += later
        document = Document(
            source=Source(key=KEY, kind="feed", title=self.title, feed_url=f"https://{KEY}"),
            entries=entries,
            withdrawn=withdrawn,
        )
        before = self.reading
        self.reading = take_document(
            self.store,
            self.library,
            document,
            self.source,
            self.now,
            held=before.held > 0,
            before=before.listed,
        )
        settle(self.store, TAG)

    def wait(self, time: timedelta) -> None:
        """Nothing is polled; a run happens."""
        self.now += time
        take_pending(self.store, self.library, self.now)
        settle(self.store, TAG)

    def rows(self) -> list[Row]:
        return self.store.entries.of_source(self.source)

    def only(self) -> Row:
        (row,) = self.rows()
        return row

    def shown(self) -> list[tuple[str, str]]:
        """Title and content of each entry."""
        return sorted((row.entry.title, self.store.entries.words(row.uid).content) for row in self.rows())

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is stored of what sources said."""
        tables = ("entry", "words", "ekey", "entry_category", "story", "filed", "conflict")
        return {name: sorted(self.store.database.rows(f"SELECT * FROM {name}"), key=repr) for name in tables}


@contextmanager
def listening() -> Iterator[Upstream]:
    with closing(Store.over(Sqlite.open(Path(":memory:")))) as store:
        yield Upstream(store)
