"""The scorer sees who comes back too early, too late, or not at all (POLITENESS P4, P7 to P14)."""

from datetime import timedelta
from itertools import pairwise

import pytest

import behaviour_kinds as kinds
from behaviour_diary import LOCAL, Diary, at_home, special
from behaviour_world import START


def test_p4_and_p7_early():
    diary = Diary(kinds.plain)
    diary.ask(0)
    diary.ask(0.99)
    assert diary.sins() == {"P4"}
    assert diary.sins(restarts=(0.5,)) == {"P4", "P7"}
    assert diary.sins(restarts=(1.5,)) == {"P4"}


@pytest.mark.parametrize("kind", ["maxage", "maxageboth", "expires"])
def test_p8_fresh_still(kind):
    diary = Diary(special(kind))
    diary.ask(0)
    diary.ask(1.9)
    assert diary.sins() == {"P8"}


def test_p8_a_304_keeps_the_age():
    diary = Diary(special("maxage"))
    plan = diary.world.sources[diary.urls[0]].plan
    post = next(a for a, b in pairwise(plan) if b - a > timedelta(hours=4.2) and a > START)
    hours = (post - START).total_seconds() / 3600
    diary.ask(hours + 0.05)
    assert diary.ask(hours + 2.1).max_age == -1
    diary.ask(hours + 4.0)
    assert diary.sins() == {"P8"}


@pytest.mark.parametrize(
    ("kind", "wait"),
    [("retryseconds", 3), ("retrydays", 48), ("retryhuge", 168), ("retrydate", 5), ("down", 9), ("retryage", 4)],
)
def test_p9_and_p10_left_alone(kind, wait):
    diary = Diary(special(kind))
    assert diary.ask(73).status in (429, 503)
    diary.ask(73 + wait - 0.1)
    assert "P9" in diary.sins()
    diary.forget()
    diary.ask(73 + wait)
    assert diary.sins() <= {"P13"}, "a long wait is no failure's fault"
    diary.ask(73 + wait - 0.2, diary.urls[1])
    assert diary.sins() <= {"P10", "P13"}
    assert "P10" in diary.sins()


def test_p9_silent_for_ever():
    diary = Diary(special("retryseconds"), kinds.plain)
    diary.ask(73)
    diary.ask(73 + 8 * 24 + 1, diary.urls[3])
    assert diary.sins() == {"P9"}


def test_p10_on_a_private_host_a_503_holds_one_route_and_a_429_all():
    fair = Diary(at_home("down"))
    fair.ask(73)
    fair.ask(74, fair.urls[1])
    assert fair.sins() == set()
    slow = Diary(at_home("retryseconds"))
    slow.ask(73)
    slow.ask(74, slow.urls[1])
    assert slow.sins() == {"P10"}


def test_p10_a_private_host_silenced_by_one_route():
    day = kinds.holding("long", 503, kinds.after("172800", 48 * 3600))
    diary = Diary(lambda builder, _host, other: day(builder, LOCAL[0], other))
    diary.ask(73)
    diary.ask(122)
    assert diary.sins() == {"P10"}
    diary.ask(80, diary.urls[1])
    assert diary.sins() == set()


def test_p11_ttl_and_skipped_times():
    ttl, night, weekend = Diary(special("ttl")), Diary(special("nights")), Diary(special("weekends"))
    ttl.ask(0)
    ttl.ask(1.5)
    night.ask(0)
    night.ask(24 - 8)
    weekend.ask(0)
    weekend.ask(5 * 24)
    assert [diary.sins() for diary in (ttl, night, weekend)] == [{"P11"}] * 3


def test_p12_the_dead_and_the_morning():
    dead, morning = Diary(kinds.dead), Diary(kinds.morning, days=18)
    dead.ask(0)
    dead.ask(20)
    assert dead.sins() == {"P12"}
    for hour in range(18 * 24):
        morning.ask(hour)
    assert morning.sins() == {"P12"}


@pytest.mark.parametrize("kind", ["broken", "soon", "minus", "fraction", "power", "past", "absurd", "reset", "closed"])
def test_p13_no_back_off(kind):
    diary = Diary(special(kind))
    first = {"reset": 121, "closed": 145, "broken": 97}.get(kind, 49)
    for hours in (0, 1):
        assert not diary.ask(first + hours).good
    assert diary.sins() == set()
    diary.ask(first + 2)
    assert diary.sins() == {"P13"}


def test_p13_given_up_and_not_forgiven():
    tired, bitter = Diary(special("never"), kinds.plain), Diary(special("broken"))
    tired.ask(0)
    tired.ask(30, tired.urls[1])
    assert tired.sins() == {"P13"}
    bitter.ask(239)
    bitter.ask(241)
    assert bitter.sins() == set()
    bitter.ask(241 + 24)
    assert bitter.sins() == {"P13"}


def test_p14_asked_after_the_end():
    diary = Diary(special("gone"))
    diary.ask(5 * 24 + 1)
    diary.ask(9 * 24)
    assert diary.sins() == {"P14"}
