"""What visits teach us about a source, as the store keeps it (P12, P15, E9)."""

from datetime import UTC, datetime, timedelta

import pytest

from coranto.intake.habits import last_new, learn
from coranto.model import FEED, Document, Entry, Outcome, Source
from coranto.schedule import DAY, HOUR
from coranto.settings.values import Upstream
from coranto.store import open_store
from coranto.store.sources import Subscription

NOW = datetime(2022, 1, 7, 12, 20, tzinfo=UTC)
PAPER = Source(key="paper.example/feed", kind=FEED)
UPSTREAM = Upstream(url="https://paper.example/feed", key=PAPER.key)


@pytest.fixture
def store(tmp_path):
    store = open_store(str(tmp_path / "store.sqlite3"))
    store.sources.arrange([PAPER])
    yield store
    store.close()


def ago(**span):
    return NOW - timedelta(**span)


def answer(entries=0, status=200):
    listed = tuple(Entry(source=PAPER.key) for _ in range(entries))
    return Outcome(source=PAPER.key, kind="changed", status=status, document=Document(source=PAPER, entries=listed))


NOTHING = Outcome(source=PAPER.key, kind="unchanged", status=304)


def visit(store, *new, outcome=NOTHING, known=None, now=NOW, upstream=UPSTREAM):
    known = known or Subscription(last_poll=now - timedelta(hours=1), last_good=now - timedelta(hours=1))
    return learn(store, 1, upstream, known, outcome, new, now)


def test_habits_are_kept_by_the_hour_for_four_weeks_and_the_newest_for_good(store):
    visit(store, *(ago(minutes=20 * number) for number in range(6)), outcome=answer(6), known=Subscription())
    assert store.sources.arrivals(1) == [ago(hours=hours, minutes=20) for hours in (2, 1, 0)]
    assert visit(store, now=NOW + timedelta(days=40)) == DAY
    assert store.sources.arrivals(1) == [ago(minutes=20)]


def test_an_operator_s_shorter_interval_keeps_finer_habits(store):
    upstream = Upstream(url=UPSTREAM.url, key=UPSTREAM.key, every=600)
    visit(store, NOW, ago(minutes=5), ago(minutes=15), outcome=answer(3), known=Subscription(), upstream=upstream)
    assert store.sources.arrivals(1) == [ago(minutes=20), ago(minutes=10), NOW]


def test_the_rows_are_bounded_whatever_a_source_sends(store):
    """40 entries an hour for four weeks are as many rows as hours."""
    dates = [ago(seconds=90 * number) for number in range(40 * 24 * 35)]
    visit(store, *dates, outcome=answer(len(dates)), known=Subscription())
    assert len(store.sources.arrivals(1)) <= 28 * 24 + 1


def test_an_empty_feed_is_known_from_the_first_look_on(store):
    assert visit(store, outcome=answer(0), known=Subscription()) == HOUR
    assert visit(store, now=NOW + timedelta(days=31)) == DAY


def test_a_first_look_at_a_dead_feed_is_enough(store):
    """P12."""
    assert visit(store, ago(days=900), outcome=answer(1), known=Subscription()) == DAY


def test_a_first_visit_that_fails_teaches_nothing(store):
    outcome = Outcome(source=PAPER.key, kind="failed", status=500)
    assert visit(store, outcome=outcome, known=Subscription()) == HOUR
    assert store.sources.arrivals(1) == []


def test_a_feed_that_turns_over_is_asked_at_the_floor(store):
    """10 entries, 40 an hour; an old pinned one does not hide it."""
    pinned = ago(days=20)
    fast = [ago(seconds=90 * number) for number in range(10)]
    assert visit(store, pinned, *fast, outcome=answer(11), known=Subscription()) == HOUR
    night = NOW + timedelta(hours=5)
    assert visit(store, *[night] * 10, outcome=answer(11), now=night) == HOUR
    delta = NOW + timedelta(hours=12)  # lists only what is new (P26)
    assert visit(store, delta, outcome=answer(1, status=226), now=delta) > HOUR


@pytest.mark.parametrize("step", [timedelta(days=3650), -timedelta(days=3650), -timedelta(days=1)])
def test_after_a_step_of_the_clock_a_lively_source_is_not_taken_for_dead(store, step):
    """P15, R5."""
    for days in range(20):
        visit(store, ago(days=days))
    known = Subscription(last_poll=NOW, last_good=NOW)
    assert visit(store, known=known, now=NOW + step) == HOUR
    assert max(store.sources.arrivals(1)) <= NOW + step


def test_files_and_what_settings_let_us_ask_at_any_time_have_no_habits(store, tmp_path):
    for upstream in (
        Upstream(url="up/a.xml", key="file:up/a.xml", path=tmp_path / "a.xml"),
        Upstream(url=UPSTREAM.url, key=UPSTREAM.key, every=0),
    ):
        assert visit(store, NOW, outcome=answer(1), upstream=upstream) == 0
    assert store.sources.arrivals(1) == []


def test_the_last_news_is_the_newest_date_at_first_and_then_when_we_saw_it():
    known = Subscription(last_good=ago(hours=1), last_new=ago(days=2))
    assert last_new(Subscription(), [ago(days=9), ago(days=8)], NOW) == ago(days=8)
    assert last_new(known, [ago(days=9)], NOW) == NOW
    assert last_new(known, [], NOW) == ago(days=2)


def test_where_a_feed_is_and_how_it_is_are_kept_as_they_are(store):
    state = Subscription(
        due=NOW + timedelta(hours=6),
        reason="rhythm",
        rhythm=6 * HOUR,
        last_new=ago(days=1),
        failing_since=ago(hours=2),
        moved_to="https://a.example/feed",
        moving_to="https://b.example/feed",
        moved_since=ago(days=3),
        moved_polls=3,
    )
    store.sources.keep_subscription(1, state)
    assert store.sources.subscription(1) == state
