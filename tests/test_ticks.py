"""APScheduler as a clock: nothing is dropped, nothing is flooded, whatever the time of day does (R5, R6)."""

import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from coranto.daemon.ticks import Cron, Every, Ticks, trigger

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def fired(made, now, until):
    """How often a trigger fires, as APScheduler asks it after a long sleep."""
    times, moment = [], made.get_next_fire_time(None, now)
    while moment and moment <= until:
        times.append(moment)
        moment = made.get_next_fire_time(moment, until)
    return times


@pytest.mark.parametrize("refresh", ["1m", "2s", "*/5 * * * *"])
def test_ten_missed_years_are_one_run_r5_r6(refresh):
    """APScheduler lists every missed run of its own interval, one by one: five million for a minute."""
    assert len(fired(trigger(refresh, "UTC"), NOON, NOON + timedelta(days=3650))) == 1


def test_an_interval_counts_from_now():
    assert Every(60).get_next_fire_time(NOON - timedelta(days=1), NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, tzinfo=BERLIN), datetime(2026, 10, 24, tzinfo=BERLIN)])
def test_a_cron_expression_goes_on_over_both_changes_of_the_clock(day):
    """R5, agronholm/apscheduler#1036: three days, hourly: 71, 72 or 73 hours, none twice, no end of it."""
    made, moment, times = Cron("0 * * * *", BERLIN), day.astimezone(UTC), []
    while moment < (day + timedelta(days=3)).astimezone(UTC):
        moment = made.get_next_fire_time(moment, moment)
        times.append(moment.astimezone(UTC))
    assert times == sorted(set(times))
    gaps = {after - before for before, after in pairwise(times)}
    assert gaps == {timedelta(hours=1)}


def test_a_daily_time_that_the_clock_leaves_out_is_not_the_end():
    made, moment = Cron("30 2 * * *", BERLIN), datetime(2026, 3, 27, 12, tzinfo=UTC)
    days = []
    for _ in range(6):
        moment = made.get_next_fire_time(moment, moment)
        days.append(moment.astimezone(BERLIN).day)
    assert days == [28, 29, 30, 31, 1, 2]


def test_a_weekly_time_is_found_beyond_a_change_of_the_clock():
    moment = Cron("0 6 * * mon", BERLIN).get_next_fire_time(None, datetime(2026, 3, 24, tzinfo=UTC))
    assert moment == datetime(2026, 3, 30, 6, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "zone", "now", "wanted"),
    [
        ("30 2 28 3 *", "Europe/Berlin", "2026-07-01T00:00", "2027-03-28T03:00+02:00"),
        ("30 2 25 10 *", "Europe/Berlin", "2026-10-25T00:30", "2026-10-25T02:30+01:00"),
        ("0 0 1 1 *", "Pacific/Apia", "2011-02-01T00:00", "2012-01-01T00:00+14:00"),
        ("0 12 29 2 *", "Europe/Berlin", "2026-10-01T00:00", "2028-02-29T12:00+01:00"),
        ("0 * * * *", "Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-04T15:30+00:00"),
    ],
)
def test_rare_times_are_found_over_many_changes_of_the_clock(text, zone, now, wanted):
    moment = Cron(text, ZoneInfo(zone)).get_next_fire_time(None, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert moment == datetime.fromisoformat(wanted)


def test_ticks_come_and_are_taken_once():
    wake = threading.Event()
    with closing(Ticks({"look": Every(0.05)}, wake.set)) as ticks:
        assert wake.wait(5)
        assert ticks.taken() == {"look"}
        wake.clear()
        assert wake.wait(5)
        time.sleep(0.3)
        assert ticks.taken() == {"look"}, "many runs nobody took are one"


def test_after_the_clock_was_set_all_jobs_wait_anew(monkeypatch):
    """A job that waits for a time ten years away, because the clock was set back, would never tick again."""
    wake = threading.Event()
    with closing(Ticks({"look": Every(3650 * 86400)}, wake.set)) as ticks:
        assert not wake.wait(0.2)
        ticks._jobs["look"] = Every(0.05)  # what the trigger would say after the step
        ticks.anew()
        assert wake.wait(5)
