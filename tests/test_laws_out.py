"""The laws of what went out: ids, `updated`, and the loss of the store (IDENTITY D, laws 6 to 9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coranto.dedup.merge import digest
from coranto.model import Public, Story
from examples import often
from river import Site, item

CODES = ("202201070000000001", "202201070000000002")
LINKS = ("http://a.example/1", "https://a.example/2", "https://a.example/3")
TITLES = ("一", "二", "三")

Words = tuple[str, str, str, str]  # title, code, link, text


def words() -> st.SearchStrategy[Words]:
    return st.tuples(
        st.sampled_from(TITLES),
        st.sampled_from(("", "", *CODES)),
        st.sampled_from(("", *LINKS)),
        st.sampled_from(("正文。", "正文，更正。", "长文。" * 200)),
    )


NAMES = st.sampled_from(("1", "2", "3"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), NAMES, words()),
        st.tuples(st.just("a"), NAMES, words()),
        st.tuples(st.just("b"), NAMES, words()),
        st.tuples(st.sampled_from(("delete", "leave a", "leave b", "take back a")), NAMES),
        st.tuples(st.sampled_from(("turn round", "wait"))),
    ),
    min_size=2,
    max_size=8,
)
some = settings(max_examples=often(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Press:
    """A site whose sources change at random, and what it has published so far."""

    site: Site
    listed: dict[str, dict[str, str]] = field(default_factory=lambda: {"a": {}, "b": {}})
    gone: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"a": (), "b": ()})
    seen: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # id -> digest and updated

    def step(self, kind: str, name: str = "", said: Words = ("", "", "", "")) -> None:
        """Let something happen to the sources."""
        file = self.site.folder / "posts" / f"2022-01-0{name or 1}-p.md"
        if kind == "post":
            self._post(file, *said)
        elif kind == "delete":
            file.unlink(missing_ok=True)
        elif kind == "turn round":
            self.site.upstreams.reverse()
        elif kind in ("a", "b"):
            self.gone[kind] = ()
            self.listed[kind][name] = self._item(kind, name, *said)
        elif kind.startswith("leave"):
            self.listed[kind[-1]].pop(name, None)
        elif kind.startswith("take back"):
            self.listed["a"].pop(name, None)
            self.gone["a"] = (f"https://a.example/?p={name}",)
        for feed in "ab":
            self.site.feed(feed, *self.listed[feed].values(), withdrawn=self.gone[feed])

    def _post(self, file: Path, title: str, code: str, link: str, text: str) -> None:
        matter = f"infoCode: NW{code}" if code else ""
        day = f"{file.name[:10]} 08:00:00 +0800"
        self.site.post(f"posts/{file.name}", title=title, matter=matter, link=link, text=text, date=day, category="p q")

    def _item(self, feed: str, name: str, title: str, code: str, link: str, text: str) -> str:
        address = f"{link or 'https://a.example/x'}?infoCode=NW{code}" if code else link
        own_id = f"https://{feed}.example/?p={name}" if name != "3" else ""  # one without an id
        published = f"2022-01-0{name}T00:00:00Z" if name != "2" else ""  # one without a date
        return item(own_id, title=title, link=address, text=text, published=published)

    def all_is_listed(self) -> bool:
        """Whether upstreams still list all that came from them."""
        theirs = [row for row in self.site.rows() if row.state == "live" and not row.entry.name.endswith(".md")]
        return len(theirs) == sum(map(len, self.listed.values()))

    # -- what is known of what went out

    def records(self) -> dict[str, Public]:
        with self.site.store() as store:
            ids = [row[0] for row in store.database.rows("SELECT public_id FROM public")]
            return {one: store.history.get(one) for one in ids}

    def shown(self) -> dict[int, tuple[str, tuple[int, ...]]]:
        """The winner of every story that is out -> its id and its entries."""
        with self.site.store() as store:
            places = store.stories.newest("", 1000)
            return {place.winner: (place.sort_id, tuple(store.stories.entries_of(place.story))) for place in places}


@contextmanager
def press() -> Iterator[Press]:
    with TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.post("posts/2022-01-05-constant.md", title="常在", date="2022-01-05 08:00:00 +0800")
        started = Press(site)
        started.step("wait")
        site.build()
        yield started


@some
@given(STEPS)
def test_laws_6_to_8_what_went_out_stays_what_it_was(steps):
    with press() as going:
        for step in steps:
            before, shown_before = going.records(), going.shown()
            going.step(*step)
            going.site.build()
            _law_6(going, before)
            _law_7(going, before, shown_before)
            _law_8(going)


def _law_6(going: Press, before: dict[str, Public]) -> None:
    """Idempotent; one id for each story, all distinct; no id ever vanishes."""
    files, ids = going.site.files(), [story.id for story in going.site.stories()]
    report = going.site.build()
    assert (report.feeds.written, report.feeds.removed, going.site.files()) == ([], [], files)
    assert len(ids) == len(set(ids)) == report.stories.total
    assert before.keys() <= going.records().keys()


def _law_7(going: Press, before: dict[str, Public], shown_before: dict[int, tuple[str, tuple[int, ...]]]) -> None:
    """Same winner, same id; a story that holds words that were out goes under one of their ids."""
    for winner, (public_id, entries) in going.shown().items():
        anchored = {one.id for one in before.values() if one.entry in entries}
        assert not anchored or public_id in anchored
        if winner in shown_before:
            assert public_id == shown_before[winner][0]


def _law_8(going: Press) -> None:
    """`updated` never falls, and moves exactly when what is shown does; nothing is later than the run."""
    for story in going.site.stories():
        now = _digest(story), story.updated
        last = going.seen.get(story.id, now)
        assert (now[1] > last[1]) if now[0] != last[0] else (now[1] == last[1])
        assert story.published <= story.updated <= going.site.now
        going.seen[story.id] = now


def _digest(story: Story) -> str:
    return digest(story)


@some
@given(STEPS, st.randoms(use_true_random=False))
def test_law_8_ids_of_a_first_run_are_a_function_of_the_entries(steps, chance):
    """What is there at once gives the same ids, whichever source was there first."""
    with press() as first, press() as second:
        happened = [step for step in steps if step[0] in ("post", "a", "b")]
        happened = list({step[:2]: step for step in happened}.values())
        for step in happened:
            first.step(*step)
        chance.shuffle(happened)
        for step in happened:
            second.step(*step)
        first.site.build()
        second.site.build()
        # Rows are numbered as they come, so the order inside a document must not matter either.
        assert first.site.files() == second.site.files()


# A copy that was out before the post: the id of the story is that of the copy's feed.
_ID_OF_A_COPY = [
    ("a", "1", ("一", "", "http://a.example/1", "正文。")),
    ("post", "1", ("一", "", "http://a.example/1", "正文。")),
]


@some
@given(STEPS)
@example(_ID_OF_A_COPY)
@example([*_ID_OF_A_COPY, ("post", "1", ("一", "", "http://a.example/1", "正文，更正。"))])
def test_law_9_the_store_is_lost_and_nothing_else(steps):
    """Every id, winner and `updated` is as it was, and no file is written.

    What is in no feed cannot be read back: a copy that its upstream lists no longer may leave a story whose words are
    another's, and two entries of one source that say the same look the same.  Then still no id is lost.  On what
    grounds such a copy joined, and how full it was, is in no feed either: of pages, which say it, nothing is promised.
    """
    with press() as going:
        for step in steps:
            going.step(*step)
            report = going.site.build()
        files, before = going.site.files(), {story.id: story for story in going.site.stories()}
        said = [(row.source, row.title_key, row.published) for row in going.site.rows() if row.state == "live"]
        listed = going.all_is_listed()
        going.site.lose_state()
        after = going.site.build()
        records = going.records()
        assert before.keys() <= records.keys()
        assert all(story.updated <= records[story.id].updated for story in before.values())
        if after.stories.merged == report.stories.merged and len(said) == len(set(said)):
            changed = {path for path, body in going.site.files().items() if files.get(path) != body}
            changed |= {*files} - {*going.site.files()} | {*after.feeds.written, *after.feeds.removed}
            assert {path for path in changed if listed or not path.endswith(".html")} == set()
        files = going.site.files()
        going.site.build()
        assert going.site.files() == files
