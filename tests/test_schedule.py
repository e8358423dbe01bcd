"""When to look again (POLITENESS P4 to P15, P20; RELIABILITY R5, R10, R12)."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto import schedule
from coranto.schedule import DAY, HOUR, MINUTE, Facts, is_due, max_age, next_due, retry_after

NOW = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)  # a Friday
WEEK = 7 * DAY


def due_in(*, every=HOUR, errors=0, key="k", now=NOW, **facts):
    return int((next_due(now=now, every=every, facts=Facts(**facts), errors=errors, key=key) - now).total_seconds())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3600", 3600), (" 120 ", 120), ("0", 60), ("5", 60), ("172800", 2 * DAY), ("99999999", WEEK),
        ("100000000000000000000", WEEK), ("9" * 6000, WEEK), ("0" * 6000 + "90", 90),
        ("Fri, 07 Jan 2022 13:00:00 GMT", HOUR), ("Friday, 07-Jan-22 13:00:00 GMT", HOUR), ("Fri Jan  7 13:00:00 2022", HOUR),
        ("Fri, 07 Jan 2022 12:00:10 GMT", 60), ("Tue, 01 Mar 2022 12:00:00 GMT", WEEK),
        ("", -1), ("soon", -1), ("-5", -1), ("1.5", -1), ("1e20", -1), ("+60", -1), ("１２０", -1), ("60 s", -1), ("NaN", -1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", -1), ("Fri, 07 Jan 2022 12:00:00 GMT", -1),
        ("Fri, 07 Jan 9999 12:00:00 GMT", -1), ("Fri, 07 Jan 99999 12:00:00 GMT", -1), ("Fri, 32 Jan 2022 12:00:00 GMT", -1),
    ],
)  # fmt: skip
def test_retry_after_in_all_its_forms(value, seconds):
    """P9, R12."""
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_nonsense_or_within_bounds(value):
    seconds = retry_after(value, NOW)
    assert seconds == -1 or 60 <= seconds <= WEEK


@pytest.mark.parametrize(
    ("control", "expires", "date", "seconds"),
    [
        ("", "", "", -1), ("public", "", "", -1), ("max-age=7200", "", "", 7200), ("public, Max-Age = 60", "", "", 60),
        ('max-age="300"', "", "", 300), ("max-age=999999999999999", "", "", DAY), ("max-age=0", "", "", 0),
        ("no-cache, max-age=60", "", "", 0), ("no-store", "Fri, 07 Jan 2022 14:00:00 GMT", "", 0),
        ("max-age=-5", "", "", -1), ("max-age=soon", "", "", -1), ("max-age", "", "", -1), ("s-maxage=60", "", "", -1),
        ("max-age=60, max-age=90", "", "", 60), ("max-age=60", "Fri, 07 Jan 2022 14:00:00 GMT", "", 60),
        ("", "Fri, 07 Jan 2022 14:00:00 GMT", "", 2 * HOUR),
        ("", "Fri, 07 Jan 2022 14:00:00 GMT", "Fri, 07 Jan 2022 13:00:00 GMT", HOUR),
        ("", "Fri, 07 Jan 2022 14:00:00 GMT", "nonsense", 2 * HOUR), ("", "Fri, 07 Jan 2032 14:00:00 GMT", "", DAY),
        ("", "0", "", 0), ("", "-1", "", 0), ("", "Thu, 01 Jan 1970 00:00:00 GMT", "", 0),
    ],
)  # fmt: skip
def test_freshness_by_its_headers(control, expires, date, seconds):
    """P8."""
    assert max_age(control, expires, date, NOW) == seconds


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_headers_give_a_bounded_freshness(control, expires, date):
    assert -1 <= max_age(control, expires, date, NOW) <= DAY


def test_the_latest_of_all_times_wins():
    assert HOUR <= due_in() <= HOUR * 1.1
    assert 2 * HOUR <= due_in(max_age=2 * HOUR) <= 2 * HOUR * 1.1
    assert HOUR <= due_in(max_age=60) <= HOUR * 1.1
    assert 2 * HOUR <= due_in(max_age=HOUR, ttl=2 * HOUR) <= 2 * HOUR * 1.1
    assert 3 * HOUR <= due_in(failed=True, errors=1, retry_after=3 * HOUR) <= 3 * HOUR * 1.1
    assert HOUR <= due_in(failed=True, errors=9, retry_after=60) <= HOUR * 1.1


def test_nothing_is_put_off_for_more_than_a_day_but_by_retry_after_or_the_operator():
    assert DAY <= due_in(max_age=10 * DAY) <= DAY + 30 * MINUTE
    assert DAY <= due_in(ttl=10 * DAY) <= DAY + 30 * MINUTE
    assert DAY <= due_in(failed=True, errors=500) <= DAY + 30 * MINUTE
    assert WEEK <= due_in(failed=True, errors=1, retry_after=100 * DAY) <= WEEK + 30 * MINUTE
    assert 3 * DAY <= due_in(every=3 * DAY) <= 3 * DAY + 30 * MINUTE


def test_errors_back_off_from_half_an_hour_and_never_give_up():
    """P13, R10: a feed polled every 10 minutes that fails."""
    waits = [due_in(every=600, failed=True, errors=count) for count in range(1, 9)]
    expected = [min(30 * MINUTE * 2**count, DAY) for count in range(8)]
    assert all(want <= got <= want + min(want // 10, 30 * MINUTE) for want, got in zip(expected, waits, strict=True))
    assert due_in(failed=True, errors=1) >= HOUR  # never below the interval
    assert due_in(every=600, errors=0) <= 660  # one good answer resets


def test_skipped_hours_and_days_are_stepped_over():
    """P11."""
    hours = frozenset({13, 14})
    moment = next_due(now=NOW, every=HOUR, facts=Facts(skip_hours=hours), errors=0, key="k")
    assert moment.hour == 15
    weekend = frozenset({5, 6})
    moment = next_due(now=NOW, every=HOUR, facts=Facts(max_age=DAY, skip_days=weekend), errors=0, key="k")
    assert (moment.weekday(), moment.hour) == (0, 0)
    evening = NOW.replace(hour=23)
    both = Facts(skip_hours=frozenset(range(9)), skip_days=weekend)
    moment = next_due(now=evening, every=HOUR, facts=both, errors=0, key="k")
    assert (moment.weekday(), moment.hour) == (0, 9)


def test_a_feed_that_skips_everything_is_read_all_the_same():
    assert HOUR <= due_in(skip_hours=frozenset(range(24))) <= HOUR * 1.1
    assert HOUR <= due_in(skip_days=frozenset(range(7))) <= HOUR * 1.1


@given(
    st.integers(0, 3 * DAY),
    st.integers(0, 50),
    st.builds(
        Facts,
        failed=st.booleans(),
        max_age=st.integers(-1, 10**12),
        retry_after=st.integers(-1, 10**12),
        ttl=st.integers(0, 10**12),
        skip_hours=st.frozensets(st.integers(0, 23)),
        skip_days=st.frozensets(st.integers(0, 6)),
    ),
    st.text(max_size=9),
    st.integers(0, DAY),
)
def test_whatever_is_stated_the_time_is_neither_early_nor_for_ever_late(every, errors, facts, key, rhythm):
    moment = next_due(now=NOW, every=every, facts=facts, errors=errors, key=key, rhythm=rhythm)
    assert NOW + timedelta(seconds=max(every, rhythm)) <= moment <= NOW + timedelta(seconds=WEEK + 30 * MINUTE)
    assert not is_due(moment, NOW) or moment <= NOW
    assert is_due(moment, moment)


def test_silent_feeds_are_not_asked_all_together_for_ever():
    """P20: five hundred that were first asked within a minute, each once a day since, are apart after some days."""
    times = [NOW + timedelta(seconds=number % 60) for number in range(500)]
    for _ in range(5):
        times = [
            next_due(now=at, every=HOUR, facts=Facts(), errors=0, key=f"{number}", rhythm=DAY)
            for number, at in enumerate(times)
        ]
    minutes = [int((at - NOW).total_seconds()) // MINUTE for at in times]
    assert max(minutes.count(minute) for minute in minutes) <= 15


def test_starts_are_spread_by_a_hash_only_later_and_evenly():
    """P20: 500 sources that were all polled in the same second."""
    delays = [due_in(key=f"https://news.example/{number}", first=True) for number in range(500)]
    assert delays == [due_in(key=f"https://news.example/{number}", first=True) for number in range(500)]
    assert min(delays) >= HOUR
    assert max(delays) <= HOUR + 360
    assert max(Counter(delay // 60 for delay in delays).values()) < 3 * 500 / 6
    assert max(due_in(every=DAY // 2, key=str(number)) for number in range(99)) <= DAY // 2 + 30 * MINUTE


def test_later_spreads_are_small_for_each_comes_on_top_of_every_delay():
    """P20: at most a tenth; a thirtieth, once the sources are apart."""
    assert max(due_in(key=f"{number}") for number in range(500)) <= HOUR + 120


def test_what_is_always_due_has_no_spread():
    assert due_in(every=0) == 0
    assert is_due(next_due(now=NOW + timedelta(microseconds=9), every=0, facts=Facts(), errors=0, key="k"), NOW)


def test_a_time_is_in_whole_seconds_and_never_early():
    now = NOW.replace(microsecond=400_000)
    moment = next_due(now=now, every=HOUR, facts=Facts(), errors=0, key="k")
    assert moment.microsecond == 0
    assert moment - now >= timedelta(hours=1)
    assert moment.tzinfo is UTC


def test_due_is_what_was_never_polled_or_whose_time_has_come():
    assert is_due(None, NOW)
    assert is_due(NOW, NOW)
    assert not is_due(NOW + timedelta(seconds=1), NOW)
    assert not is_due(NOW + timedelta(days=7), NOW)
    assert not is_due(NOW + timedelta(days=30), NOW, every=30 * DAY)


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(days=3650)])
def test_a_clock_that_was_set_back_silences_nothing(step):
    """P15, R5."""
    due = next_due(now=NOW, every=HOUR, facts=Facts(), errors=0, key="k")
    assert is_due(due, NOW - step, asked=NOW)
    assert is_due(NOW + timedelta(days=3650), NOW)
    assert not is_due(due, NOW - timedelta(seconds=30), asked=NOW)  # two machines' clocks differ


def test_the_module_is_pure_and_light():
    assert not hasattr(schedule, "requests")
    assert not hasattr(schedule, "time")


def test_an_interval_that_settings_shortened_counts_from_the_next_day_on_and_none_at_once():
    """P4, P8: no request within the day that a server may have asked for."""

    def due(*, asked, every, why="every", after=30):
        return is_due(NOW + timedelta(days=after), NOW, asked=NOW - timedelta(hours=asked), every=every, why=why)

    assert not due(asked=1, every=HOUR)
    assert due(asked=25, every=HOUR)
    assert not due(asked=25, every=30 * DAY)
    assert not due(asked=25, every=HOUR, why="retry-after", after=6)
    assert due(asked=25, every=HOUR, why="retry-after", after=30)
