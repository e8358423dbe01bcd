"""Feeds that move: when the new address is believed, and when it is not any more (P16, P17, R21)."""

from datetime import UTC, datetime, timedelta

import pytest

from coranto.intake.moved import after_visit, is_gone
from coranto.model import Failure, Outcome
from coranto.store.sources import Subscription

NOW = datetime(2022, 1, 7, 12, tzinfo=UTC)
OLD = "https://paper.example/rss.xml"
NEW = "https://paper.example/feed/"
OTHER = "https://other.example/feed/"


def day(number):
    return NOW + timedelta(days=number)


def good(moved_to=""):
    return Outcome(source="s", kind="unchanged", status=304, moved_to=moved_to)


def bad(status=0):
    failure = Failure(where=OLD, error="no")
    return Outcome(source="s", kind="failed", status=status, failure=failure, gone=status == 410)


def after(*visits, configured=OLD, known=None):
    """The state after (day, outcome) one by one."""
    known = known or Subscription()
    for number, outcome in visits:
        known = after_visit(known, configured, outcome, day(number))
    return known


MOVED = after((0, good(NEW)), (7, good(NEW)))


def test_a_new_address_is_believed_after_seven_days():
    assert [after((0, good(NEW)), (number, good(NEW))).moved_to for number in (0, 3, 6.9, 7, 30)] == [
        "",
        "",
        "",
        NEW,
        NEW,
    ]
    assert MOVED.moved_since == NOW
    assert (MOVED.moving_to, MOVED.moved_polls) == ("", 0)
    assert MOVED.notice == f"has moved: {NEW} is polled since 2022-01-07; write it in settings.yaml"


def test_one_answer_is_never_enough():
    known = after((0, good(NEW)))
    assert (known.moved_to, known.moving_to, known.moved_polls) == ("", NEW, 1)
    assert known.notice.startswith(f"answers from {NEW} since 2022-01-07")


@pytest.mark.parametrize("between", [good(), good(OTHER), good(OLD)])
def test_a_flip_back_or_another_target_starts_anew(between):
    assert after((0, good(NEW)), (3, between), (8, good(NEW))).moved_to == ""
    assert after((0, good(NEW)), (3, between), (8, good(NEW)), (15, good(NEW))).moved_to == NEW


def test_a_flip_back_leaves_nothing_behind():
    assert after((0, good(NEW)), (3, good())) == Subscription()


def test_a_failure_in_between_says_nothing():
    assert after((0, good(NEW)), (3, bad(503)), (4, bad()), (8, good(NEW))).moved_to == NEW


@pytest.mark.parametrize("status", [404, 410])
def test_an_old_address_with_nothing_leaves_the_noted_one(status):
    known = after((0, good(NEW)))
    assert not is_gone(known, bad(status))
    assert after((1, bad(status)), known=known).moved_to == NEW
    assert is_gone(Subscription(), bad(status)) == (status == 410)
    assert after((1, bad(status))).moved_to == ""


@pytest.mark.parametrize(
    ("old", "new", "at_once"),
    [
        ("http://a.example/x?b=1", "https://a.example/x?b=1", True),
        ("http://a.example", "https://a.example/", True),
        ("http://A.example:80/x", "https://a.example:443/x", True),
        ("http://a.example/x#top", "https://a.example/x", True),
        ("http://a.example/x", "https://a.example/y", False),
        ("http://a.example/x", "https://a.example/x?b=1", False),
        ("http://a.example/x", "https://www.a.example/x", False),
        ("http://a.example:8080/x", "https://a.example:8443/x", False),
        ("https://a.example/x", "http://a.example/x", False),
    ],
)
def test_https_in_place_of_http_is_believed_at_once(old, new, at_once):
    assert bool(after((0, good(new)), configured=old).moved_to) == at_once


def test_a_redirect_to_itself_is_no_move():
    assert after((0, good(OLD)), (8, good(OLD + "#a"))) == Subscription()


@pytest.mark.parametrize("status", [404, 410, 200])
def test_a_believed_address_that_has_no_feed_any_more_is_left(status):
    assert after((8, bad(status)), known=MOVED).moved_to == ""
    assert not is_gone(MOVED, bad(status))


def test_a_believed_address_has_no_long_credit():
    """A domain that is no more: the configured address may know where the feed is now."""
    for errors, stays in ((0, True), (1, True), (2, False)):
        known = after((8, bad(503)), known=Subscription(moved_to=NEW, errors=errors))
        assert bool(known.moved_to) == stays


def test_a_feed_that_moves_on_or_home():
    assert after((8, good(OTHER)), (15, good(OTHER)), known=MOVED).moved_to == OTHER
    assert after((8, good(OTHER)), (9, good()), known=MOVED).moved_to == NEW
    assert after((8, good(OLD)), known=MOVED) == Subscription()


def test_a_clock_that_was_set_back_starts_the_count_anew():
    assert after((3650, good(NEW)), (0, good(NEW)), (7, good(NEW))).moved_to == NEW
    assert after((3650, good(NEW)), (0, good(NEW)), (6, good(NEW))).moved_to == ""


def test_a_new_address_that_was_written_down_is_no_news_any_more():
    """R21: settings name it now."""
    known = after((8, good()), configured=NEW, known=MOVED)
    assert known == Subscription()
    assert known.notice == ""
