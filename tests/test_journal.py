"""The log of the daemon: one line an event, a state once and then daily (R26); nothing a stranger writes forges a line."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coranto.journal import LONGEST, Journal, as_json, logfmt

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Log:
    def __init__(self, form="logfmt"):
        self.now, self.lines = NOON, []
        self.journal = Journal(self.lines.append, form, lambda: self.now)


def test_an_event_is_one_line_with_time_and_level():
    log = Log()
    log.journal.event("published", written=3, folder="港区 快讯", empty="", none=None, at=NOON, dry=True)
    assert log.lines == [
        'time=2026-03-02T12:00:00Z level=info event=published written=3 folder="港区 快讯" at=2026-03-02T12:00:00Z dry=true'
    ]


def test_json_has_the_same_fields():
    log = Log("json")
    log.journal.event("published", "warning", written=3, folder='a"b')
    assert json.loads(log.lines[0]) == {
        "time": "2026-03-02T12:00:00Z",
        "level": "warning",
        "event": "published",
        "written": 3,
        "folder": 'a"b',
    }


def test_a_state_is_told_when_it_changes_and_then_daily_r26():
    """A source that fails every half an hour for three days: one line at once, one a day, one when it is well again."""
    log = Log()
    for _ in range(3 * 48):
        log.journal.state("https://a.example/", "source", "failing", "warning", why="500")
        log.now += timedelta(minutes=30)
    for _ in range(48):
        log.journal.state("https://a.example/", "source", "")
        log.now += timedelta(minutes=30)
    assert [line.split(" ")[0] for line in log.lines] == [f"time=2026-03-0{day}T12:00:00Z" for day in (2, 3, 4, 5)]
    assert "state=failing" in log.lines[2]
    assert log.lines[3].endswith("level=info event=source state=ok")


def test_another_state_is_told_at_once():
    log = Log()
    assert log.journal.state("a", "source", "failing")
    assert not log.journal.state("a", "source", "failing")
    assert log.journal.state("a", "source", "gone")
    assert log.journal.state("b", "source", "gone")
    assert not log.journal.state("c", "source", "")


def test_a_clock_that_was_set_back_silences_nothing():
    log = Log()
    log.journal.state("a", "source", "failing")
    log.now -= timedelta(days=3650)
    assert log.journal.state("a", "source", "failing")


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=400), min_size=1))
@example({"a": "字" * (LONGEST + 1)})
def test_whatever_a_stranger_writes_a_line_is_a_line(fields):
    line = logfmt(fields)
    assert line.isprintable()
    assert len(line.splitlines()) <= 1
    said = as_json(fields)
    assert len(said.splitlines()) <= 1
    assert all(len(value) <= LONGEST for value in json.loads(said).values())


@pytest.mark.parametrize(
    "forged", ["x\nlevel=error event=stopped", "x\r\n", "\x1b[31mred", "\u202egnp.exe", 'x" level="error', "a\\"]
)
def test_no_line_can_be_forged(forged):
    line = logfmt({"title": forged})
    assert line.count("=") == 1 or line.startswith('title="')
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert 'x" level' not in line


def test_the_log_of_libraries_stays_theirs():
    assert not logging.getLogger("coranto").handlers
