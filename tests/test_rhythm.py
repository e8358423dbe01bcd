"""How often a source deserves a look, by when it had something new (P12, FEATURES E9)."""

import bisect
import random
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.schedule import DAY, HOUR, Facts, lost_track, next_due, phase, reason, rhythm

NOW = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)  # a Friday
MONDAY = datetime(2022, 1, 3, 0, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ago(**span):
    return NOW - timedelta(**span)


def interval(*arrivals, now=NOW, floor=HOUR, ceiling=DAY):
    return rhythm.interval(arrivals, now, floor=floor, ceiling=ceiling)


# ---- one look


@pytest.mark.parametrize(
    ("silent", "wanted"),
    [(7, DAY // 4), (13.9, DAY // 4), (14, DAY // 2), (29.9, DAY // 2), (30, DAY), (4000, DAY)],
)
def test_the_longer_the_silence_the_rarer_the_look(silent, wanted):
    """P12."""
    assert interval(ago(days=silent)) == wanted
    assert interval(ago(days=silent), ceiling=DAY // 2) == wanted // 2


def test_of_a_source_that_is_known_for_days_half_the_mean_gap_is_waited():
    assert interval(ago(hours=9), ago(hours=5), ago(hours=1), floor=600) == 9 * HOUR // 3 // 2
    assert interval(ago(minutes=5)) == HOUR  # never below the floor
    assert interval(ago(days=3, hours=7)) == DAY // 4  # nor above a quarter of the ceiling


def test_hours_of_the_day_count_from_the_first_days_on():
    """A paper known for three days: it came out between 15:00 and 16:00."""
    papers = [ago(days=days) + timedelta(hours=3, minutes=20) for days in (3, 2, 1)]
    assert interval(*papers, floor=600) == 3 * HOUR
    assert interval(*papers, floor=600, now=NOW + timedelta(hours=3, minutes=5)) == 600


def test_sources_with_the_same_hours_are_not_all_asked_at_its_first_minute():
    """P20: each has its own place in the hour, within the operator's interval."""
    papers = [ago(days=days) + timedelta(hours=3, minutes=20) for days in (3, 2, 1)]
    waits = [rhythm.interval(papers, NOW, floor=HOUR, phase=phase(f"{number}")) for number in range(240)]
    assert all(3 * HOUR <= wait < 4 * HOUR for wait in waits)
    assert max(waits.count(wait) for wait in waits) <= 4
    minutes = [wait // 60 for wait in waits]
    assert max(minutes.count(minute) for minute in minutes) <= 12
    assert rhythm.interval(papers, NOW, floor=600, phase=0.999) < 3 * HOUR + 600


def weekly(hour=12, weeks=4):
    return [ago(weeks=week) + timedelta(hours=hour - 12, minutes=40) for week in range(1, weeks + 1)]


def test_within_an_hour_that_has_news_the_operator_s_interval_counts():
    assert interval(*weekly(hour=12), ago(days=1, hours=5)) == HOUR


def test_outside_the_next_hour_with_news_is_waited_for_but_no_longer_than_a_quarter():
    known = ago(days=1, hours=5)
    assert interval(*weekly(hour=15), known) == 3 * HOUR
    assert interval(*weekly(hour=15), known, now=NOW + timedelta(minutes=30)) == 2 * HOUR + HOUR // 2
    assert interval(*weekly(hour=19), known) == DAY // 4
    assert interval(*weekly(hour=13), known, now=NOW + timedelta(minutes=59)) == HOUR  # at least the floor


def test_a_habit_that_was_given_up_four_weeks_ago_is_forgotten():
    old = [ago(weeks=5), ago(weeks=6), ago(days=1, hours=5)]
    assert interval(*old) == DAY // 4


def test_what_is_unknown_or_in_the_future_is_asked_at_the_floor():
    """P15: a clock that was set back."""
    assert interval() == HOUR
    assert interval(NOW + timedelta(days=3650)) == HOUR


def test_the_floor_is_the_operator_s_whatever_the_ceiling():
    assert interval(ago(days=400), floor=3 * DAY) == 3 * DAY
    assert interval(*weekly(), floor=2 * DAY) == 2 * DAY
    assert interval(ago(days=1), floor=2 * DAY) == 2 * DAY


@given(
    st.lists(st.integers(-60 * DAY, 60 * DAY), max_size=60),
    st.integers(0, 2 * DAY),
    st.integers(HOUR, 3 * DAY),
)
def test_whatever_came_the_wait_is_between_floor_and_ceiling_and_the_order_is_nothing(seconds, floor, ceiling):
    arrivals = [NOW + timedelta(seconds=number) for number in seconds]
    wanted = rhythm.interval(arrivals, NOW, floor=floor, ceiling=ceiling)
    assert floor <= wanted <= max(floor, ceiling)
    assert wanted == rhythm.interval(arrivals[::-1], NOW, floor=floor, ceiling=ceiling)


def test_an_entry_came_at_its_date_if_that_lies_between_two_looks_else_in_their_middle():
    before = ago(hours=4)
    assert rhythm.arrival(ago(hours=1), before, NOW) == ago(hours=1)
    midnight = NOW.replace(hour=0)
    for untrue in (midnight, NOW, NOW + timedelta(days=1), before):
        assert rhythm.arrival(untrue, before, NOW) == ago(hours=2)


def test_of_the_first_look_the_stated_dates_count():
    assert rhythm.arrival(ago(days=300), None, NOW) == ago(days=300)
    assert rhythm.arrival(NOW + timedelta(days=1), None, NOW) == NOW
    assert rhythm.arrival(ago(hours=1), NOW + timedelta(days=1), NOW) == NOW  # the clock was set back


def test_track_is_lost_by_a_step_of_the_clock_and_by_a_long_pause():
    """P15, R5."""
    assert not lost_track(None, NOW)
    assert not lost_track(ago(days=7), NOW)
    assert not lost_track(NOW + MINUTE, NOW)  # two machines' clocks differ
    assert lost_track(NOW + timedelta(days=1), NOW)
    assert lost_track(ago(days=3650), NOW)
    assert not lost_track(ago(days=30), NOW, every=30 * DAY)


def test_the_rhythm_is_one_wish_of_many():
    def due_in(**said):
        return int(
            (next_due(now=NOW, every=HOUR, facts=Facts(**said), errors=0, key="k", rhythm=6 * HOUR) - NOW).seconds
        )

    assert 6 * HOUR <= due_in() <= 6.5 * HOUR
    assert 6 * HOUR <= due_in(max_age=HOUR) <= 6.5 * HOUR
    assert 12 * HOUR <= due_in(max_age=12 * HOUR) <= 12.5 * HOUR


@pytest.mark.parametrize(
    ("name", "said", "rest"),
    [
        ("every", {}, {}),
        ("every", {"max_age": HOUR}, {}),
        ("rhythm", {"ttl": HOUR}, {"rhythm": 2 * HOUR}),
        ("max-age", {"max_age": 3 * HOUR}, {"rhythm": 2 * HOUR}),
        ("ttl", {"ttl": 3 * HOUR}, {}),
        ("retry-after", {"failed": True, "retry_after": 3 * HOUR}, {"errors": 9}),
        ("back-off", {"failed": True}, {"errors": 3}),
    ],
)
def test_what_decided_has_a_name(name, said, rest):
    assert reason(every=HOUR, facts=Facts(**said), **{"errors": 0, **rest}) == name


# ---- sixty days


@dataclass
class Reader:
    """One source over many days: polled when due, by its habits or by the clock alone; jitter included."""

    key: str
    posts: list[datetime]
    learns: bool = True
    dated: bool = True
    window: int = 20
    polls: list[datetime] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def run(self, *, days=60, every=HOUR):
        now, seen, arrivals, before = MONDAY, 0, set(), None
        while now < MONDAY + timedelta(days=days):
            self.polls.append(now)
            out = bisect.bisect_right(self.posts, now)
            new = self.posts[max(seen, out - self.window) : out]
            if before:
                self.delays += [(now - post).total_seconds() for post in new]
            came = (rhythm.arrival(post if self.dated else now, before, now) for post in new)
            arrivals |= {moment.replace(minute=0, second=0) for moment in came}
            newest = max(arrivals)
            arrivals = {at for at in arrivals if at > now - rhythm.REMEMBERED or at == newest}
            quick = before is not None and rhythm.rolls(len(new), min(out, self.window))
            wait = (
                rhythm.interval(tuple(arrivals), now, floor=every, phase=phase(self.key))
                if self.learns and not quick
                else every
            )
            seen, before = out, now
            now = next_due(now=now, every=every, facts=Facts(), errors=0, key=self.key, rhythm=wait)
        return self


def paper(seed, *, a_day, hours=(6, 8), days=60):
    """A morning paper: so many posts a day, each at some moment of these hours; it was there before we came."""
    chance = random.Random(seed)
    span = (hours[1] - hours[0]) * HOUR
    start = MONDAY.replace(hour=hours[0], minute=0)
    return sorted(
        start + timedelta(days=day, seconds=chance.randrange(span)) for day in range(-20, days) for _ in range(a_day)
    )


@pytest.mark.parametrize(("a_day", "dated"), [(1, True), (3, True), (10, True), (40, True), (10, False), (40, False)])
def test_a_morning_paper_costs_at_most_two_fifths_of_hourly_polls_and_comes_no_later(a_day, dated):
    """E9: at least 60 % fewer requests over 60 days, learning included, at a median delay at most 10 % longer."""
    learnt, hourly = [], []
    for number in range(16):
        posts = paper(number, a_day=a_day)
        learnt.append(Reader(f"{number}", posts, dated=dated).run())
        hourly.append(Reader(f"{number}", posts, learns=False).run())
    assert sum(len(one.polls) for one in learnt) <= 0.4 * sum(len(one.polls) for one in hourly)
    usual = statistics.median(delay for one in hourly for delay in one.delays)
    assert statistics.median(delay for one in learnt for delay in one.delays) <= 1.1 * usual


def test_no_poll_is_ever_closer_than_the_operator_s_interval():
    polls = Reader("k", paper(1, a_day=10)).run().polls
    assert min(b - a for a, b in pairwise(polls)) >= timedelta(hours=1)


def test_a_paper_that_moves_to_the_evening_is_found_there():
    """The hours that were learnt are no trap: after some days the evening ones are known."""
    before = [post for post in paper(1, a_day=5) if post < MONDAY + timedelta(days=30)]
    after = [post for post in paper(2, a_day=5, hours=(17, 19)) if post >= MONDAY + timedelta(days=30)]
    for dated in (True, False):
        reader = Reader("k", before + after, dated=dated).run()
        late = reader.delays[-50:]
        assert statistics.median(late) <= HOUR


def test_a_feed_that_turns_over_within_the_hour_is_asked_at_the_floor():
    """10 entries listed, 40 an hour: every longer wait would lose stories."""
    posts = [MONDAY + timedelta(seconds=90 * number) for number in range(-40, 40 * 24 * 20)]
    polls = Reader("k", posts, window=10).run(days=20).polls
    assert max(b - a for a, b in pairwise(polls)) <= timedelta(hours=1, minutes=6)
    assert rhythm.rolls(10, 10)
    assert rhythm.rolls(1, 2)
    assert not rhythm.rolls(4, 10)
    assert not rhythm.rolls(0, 0)


def test_a_dead_feed_is_asked_once_a_day():
    polls = Reader("k", [MONDAY - timedelta(days=900)]).run(days=30).polls
    assert len(polls) == 30
