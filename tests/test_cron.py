"""Cron expressions: what is taken, what is refused in which words, and that APScheduler fires when cron would."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from coranto.settings.cron import Cron, fields
from settings_text import compiled, problem

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 24 * 60


def fire_times(text, start, count):
    """The first ``count`` times of an expression in Berlin, each asked for when the one before has come.

    A scheduler may tell the trigger of that one, or only what time it is now: either gives the same.
    """
    cron = fields(text)
    trigger = CronTrigger(
        minute=cron.minute,
        hour=cron.hour,
        day=cron.day,
        month=cron.month,
        day_of_week=cron.weekday,
        timezone=BERLIN,
    )
    found = [trigger.get_next_fire_time(None, start.astimezone(BERLIN))]
    while len(found) < count:
        now = found[-1].astimezone(UTC) + timedelta(microseconds=1)
        found.append(trigger.get_next_fire_time(found[-1], found[-1]))
        assert found[-1].timestamp() == trigger.get_next_fire_time(None, now).timestamp()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", ("*", "*", "*", "*", "*")),
        ("0-59 0-23 1-31 1-12 *", ("*", "*", "*", "*", "*")),
        ("*/15 * * * *", ("0,15,30,45", "*", "*", "*", "*")),
        ("5,35 1-5 * * *", ("5,35", "1,2,3,4,5", "*", "*", "*")),
        ("10-50/20 */6 * * *", ("10,30,50", "0,6,12,18", "*", "*", "*")),
        ("35,5,5,05 00 * * *", ("5,35", "0", "*", "*", "*")),
        ("0 0 1,15 * *", ("0", "0", "1,15", "*", "*")),
        ("0 0 29 2 *", ("0", "0", "29", "2", "*")),
        ("0 0 * JAN-mar,Dec *", ("0", "0", "*", "1,2,3,12", "*")),
        ("0 0 * * mon-fri", ("0", "0", "*", "*", "mon,tue,wed,thu,fri")),
        ("0 0 * * 1-5", ("0", "0", "*", "*", "mon,tue,wed,thu,fri")),
        ("0 0 * * 0", ("0", "0", "*", "*", "sun")),
        ("0 0 * * 7", ("0", "0", "*", "*", "sun")),
        ("0 0 * * 0,7", ("0", "0", "*", "*", "sun")),
        ("0 0 * * 5-7", ("0", "0", "*", "*", "fri,sat,sun")),
        ("0 0 * * 0-3", ("0", "0", "*", "*", "mon,tue,wed,sun")),
        ("0 0 * * Fri-SUN", ("0", "0", "*", "*", "fri,sat,sun")),
        ("0 0 * * sun-tue", ("0", "0", "*", "*", "mon,tue,sun")),
        ("0 0 * * */2", ("0", "0", "*", "*", "tue,thu,sat,sun")),
        ("0 0 * * 0-6", ("0", "0", "*", "*", "*")),
        ("0 0 * * 1-7", ("0", "0", "*", "*", "*")),
        ("  0\t0  * * * ", ("0", "0", "*", "*", "*")),
        ("@hourly", ("0", "*", "*", "*", "*")),
        (" @Daily ", ("0", "0", "*", "*", "*")),
        ("@midnight", ("0", "0", "*", "*", "*")),
        ("@weekly", ("0", "0", "*", "*", "sun")),
        ("@monthly", ("0", "0", "1", "*", "*")),
    ],
)
def test_an_expression_means_what_cron_means_by_it(text, expected):
    minute, hour, day, month, weekday = expected
    assert fields(text) == Cron(minute=minute, hour=hour, day=day, month=month, weekday=weekday)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("60 * * * *", '"60" is no minute of a cron expression: write 0-59'),
        ("0 24 * * *", '"24" is no hour of a cron expression: write 0-23'),
        ("0 0 0 * *", '"0" is no day of the month of a cron expression: write 1-31'),
        ("0 0 * 13 *", '"13" is no month of a cron expression: write 1-12 or jan-dec'),
        ("0 0 * janvier *", '"janvier" is no month of a cron expression: write 1-12 or jan-dec'),
        ("0 0 * * 8", '"8" is no weekday of a cron expression: write 0-7 or sun-sat'),
        ("0 0 * * mon-8", '"mon-8" is no weekday of a cron expression: write 0-7 or sun-sat'),
        ("mon 0 * * *", '"mon" is no minute of a cron expression: write 0-59'),
        ("0,, 0 * * *", '"" is no minute of a cron expression: write 0-59, *, or lists'),
        ("-1 0 * * *", '"-1" is no minute of a cron expression: write 0-59, *, or lists'),
        ("*-5 0 * * *", '"*-5" is no minute of a cron expression: write 0-59, *, or lists'),
        ("1.5 0 * * *", '"1.5" is no minute of a cron expression: write 0-59, *, or lists'),
        ("１ 0 * * *", '"１" is no minute of a cron expression: write 0-59, *, or lists'),
        ("0 0 ? * 5#2", '"?" is no day of the month of a cron expression: write 1-31, *, or lists'),
        ("0 0 * * 5L", '"5l" is no weekday of a cron expression: write 0-7 or sun-sat, *, or lists'),
        ("0 22-4 * * *", '"22-4" is no hour of a cron expression: the range runs backwards; 0-23 is the order'),
        ("0 0 * * fri-mon", '"fri-mon" is no weekday of a cron expression: the range runs backwards'),
        ("*/0 * * * *", '"*/0" is no minute of a cron expression: a step is 1-59 here'),
        ("*/90 * * * *", '"*/90" is no minute of a cron expression: a step is 1-59 here; a longer time is an interval'),
        ("5/15 * * * *", '"5/15" is no minute of a cron expression: a step follows * or a range, such as 5-59/15'),
        ("0" * 300 + " * * * *", "at most 200 characters are read"),
        ("0 0 13 * fri", '"0 0 13 * fri" names days of the month and weekdays, and cron would take either; write *'),
        ("0 0 */2 * 1", "names days of the month and weekdays"),
        ("0 0 31 2,4,6 *", '"0 0 31 2,4,6 *" names a day that none of its months has'),
        ("* * * *", "it has five fields (minute, hour, day, month, weekday)"),
        ("* * * * * *", "it has five fields"),
        ("@reboot", "is one of @hourly, @daily, @weekly, @monthly"),
        ("", "it has five fields"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_field_and_its_range(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        fields(text)


@given(st.text("0123456789*/-, @amonjfu?\n", max_size=40) | st.text())
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        said = repr(fields(text))
    except ValueError as error:
        said = str(error)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/15 * * * *", ["2026-01-31 23:45", "2026-02-01 00:00", "2026-02-01 00:15"]),
        ("10-50/20 8 * * *", ["2026-02-01 08:10", "2026-02-01 08:30", "2026-02-01 08:50"]),
        ("0 0 * * 0", ["2026-02-01 00:00", "2026-02-08 00:00", "2026-02-15 00:00"]),
        ("0 0 * * 7", ["2026-02-01 00:00", "2026-02-08 00:00", "2026-02-15 00:00"]),
        ("0 6 * * 1", ["2026-02-02 06:00", "2026-02-09 06:00", "2026-02-16 06:00"]),
        ("0 6 * * 5-7", ["2026-02-01 06:00", "2026-02-06 06:00", "2026-02-07 06:00", "2026-02-08 06:00"]),
        ("0 6 * * 0-3", ["2026-02-01 06:00", "2026-02-02 06:00", "2026-02-03 06:00", "2026-02-04 06:00"]),
        ("30 7 * * mon-fri", [f"2026-02-{day:02} 07:30" for day in (2, 3, 4, 5, 6, 9)]),
        ("0 0 31 * *", ["2026-03-31 00:00", "2026-05-31 00:00", "2026-07-31 00:00"]),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 12 1 jan,jul *", ["2026-07-01 12:00", "2027-01-01 12:00"]),
        ("@hourly", ["2026-02-01 00:00", "2026-02-01 01:00"]),
        ("@weekly", ["2026-02-01 00:00", "2026-02-08 00:00"]),
        ("@monthly", ["2026-02-01 00:00", "2026-03-01 00:00"]),
    ],
)
def test_the_scheduler_fires_when_cron_would(text, expected):
    start = datetime(2026, 1, 31, 23, 40, tzinfo=BERLIN)  # a Saturday
    assert [f"{time:%Y-%m-%d %H:%M}" for time in fire_times(text, start, len(expected))] == expected


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # 2 o'clock does not come: 02:30 of winter time is the instant 03:30 of summer time.
        ("30 * * * *", "2026-03-29T00:00Z", ["00:30", "01:30", "02:30"]),
        ("30 2 * * *", "2026-03-28T12:00Z", ["01:30", "00:30", "00:30"]),
        ("0 3 * * *", "2026-03-28T12:00Z", ["01:00", "01:00", "01:00"]),
        # 2 o'clock comes twice, and what is due in it too: a look too many costs nothing.
        ("30 * * * *", "2026-10-24T23:00Z", ["23:30", "00:30", "01:30", "02:30"]),
        ("30 2 * * *", "2026-10-24T12:00Z", ["00:30", "01:30", "01:30"]),
        ("0 3 * * *", "2026-10-24T12:00Z", ["02:00", "02:00", "02:00"]),
    ],
)
def test_no_run_is_left_out_where_the_clock_jumps(text, start, expected):
    times = fire_times(text, datetime.fromisoformat(start), len(expected))
    assert [f"{time.astimezone(UTC):%H:%M}" for time in times] == expected


@pytest.mark.parametrize("start", ["2026-03-28T20:00Z", "2026-10-24T20:00Z"])
@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("* * * * *", 1),
        ("*/15 * * * *", 15),
        ("7 * * * *", 60),
        ("0,30 1-3 * * *", 23 * 60),
        ("*/20 2 * * *", DAY + 60),
        ("30 2 * * *", DAY + 60),
        ("59 2 * * sun", 7 * DAY + 60),
        ("30 2 * 3,10 *", 185 * DAY),
        ("30 2 29 mar *", 366 * DAY + 60),
        ("30 2 25 oct *", 366 * DAY + 60),
        ("30 2 29 feb *", 8 * 366 * DAY),  # 2100 has none
    ],
)
def test_time_always_goes_on_across_a_change_of_the_clock(text, longest, start):
    """The unit is minutes, between instants: the wall clock itself goes back."""
    times = [time.timestamp() for time in fire_times(text, datetime.fromisoformat(start), 400)]
    gaps = [(after - before) / 60 for before, after in pairwise(times)]
    assert min(gaps) > 0
    assert max(gaps) <= longest


@pytest.mark.parametrize("text", ["@hourly", "*/5 * * * *", "30m"])
def test_settings_take_an_expression_a_nickname_or_an_interval(text):
    assert compiled(f'schedule: {{refresh: "{text}"}}\n').refresh == text


def test_settings_say_which_field_is_wrong_and_where_it_stands():
    said = '2:21: schedule.refresh: "25" is no hour of a cron expression: write 0-23'
    assert problem('schedule: {refresh: "0 25 * * *"}\n') == said
