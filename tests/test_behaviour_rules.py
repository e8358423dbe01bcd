"""The scorer sees each sin against POLITENESS, and none where there is none."""

from datetime import timedelta
from itertools import pairwise

import pytest

import behaviour_kinds as kinds
from behaviour_builder import Batch
from behaviour_diary import Diary, special
from behaviour_score import table
from behaviour_world import START, secret


def test_a_polite_diary_has_no_violations():
    diary = Diary(
        kinds.plain, special("weak"), kinds.two_hops, special("gone"), special("delta"), special("retryseconds")
    )
    plain, weak, moved, gone, delta, slow = diary.urls[:6]
    for day in range(14):
        for hour in (0, 6, 12, 18) if day else (0,):
            now = day * 24 + hour
            diary.ask(now, plain)
            diary.ask(now + 0.1, weak)
            diary.ask(now + 0.2, delta)
            if day < 5 or (day, hour) == (5, 0):
                diary.ask(now + 0.3, gone)
            diary.ask(now + 0.5, slow)
        if day <= 7:
            diary.follow(day * 24 + 0.4, moved)
        else:
            diary.ask(day * 24 + 0.4, f"http://new.other.example/{moved.rpartition('/')[2]}")
    rules = diary.rules(restarts=(30, 80.2))
    assert [violation for rule in rules for violation in rule.violations] == []
    assert {rule.name for rule in rules if rule.seen} >= {
        "P1",
        "P2",
        "P4",
        "P5",
        "P9",
        "P10",
        "P14",
        "P16",
        "P18",
        "P26",
    }
    assert table(rules).splitlines()[-1] == "0 violations"
    statuses = {asked.given.status for asked in diary.log}
    assert statuses == {200, 226, 301, 304, 410, 429}


# ---- one sin each


@pytest.mark.parametrize("change", [{"User_Agent": "curl/8"}, {"User_Agent": "Coranto/1.2"}, {"User_Agent": ""}])
def test_p22_a_name_that_says_nothing(change):
    diary = Diary(kinds.plain)
    diary.ask(0, **change)
    assert diary.sins() == {"P22"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"Cookie": "id=seen"}, "P23"),
        ({"Referer": "http://news.example/"}, "P23"),
        ({"Accept": "*/*"}, "P24"),
        ({"Accept_Encoding": "identity"}, "P24"),
        ({"method": "HEAD"}, "P25"),
        ({"A_IM": "feed"}, "P26"),
        ({"overlapping": 2}, "P19"),
        ({"Authorization": "Basic eDp5"}, "P18"),
    ],
)
def test_a_request_that_should_be_otherwise(change, rule):
    diary = Diary(kinds.plain)
    diary.ask(0, **change)
    assert diary.sins() == {rule}


@pytest.mark.parametrize(
    ("tail", "rule"), [("?null", "P23"), ("&x", "P25"), ("/../favicon.ico", "P25")], ids=["added", "other", "icon"]
)
def test_an_address_that_nobody_configured(tail, rule):
    diary = Diary(kinds.plain)
    diary.ask(0, diary.urls[0] + tail)
    assert diary.sins() == {rule}


def test_p1_validators_that_were_made_up():
    diary = Diary(special("weak"))
    diary.ask(0)
    diary.ask(6, sends=('"a b 1"', "Sun, 07 Jan 2022 12:00:00 GMT"))
    assert diary.sins() == {"P1"}


def test_p2_validators_that_are_old():
    diary = Diary(special("rotating"))
    first = diary.ask(0)
    diary.ask(6)
    diary.ask(12, sends=(first.etag, first.last_modified))
    assert diary.sins() == {"P2"}


def test_p2_half_a_pair():
    diary = Diary(kinds.plain)
    first = diary.ask(0)
    diary.ask(6, sends=(first.etag, ""))
    assert diary.sins() == {"P2"}


def test_p2_the_new_token_of_a_304():
    diary = Diary(special("retag"), days=3)
    plan = diary.world.sources[diary.urls[0]].plan
    gap = next(a for a, b in pairwise(plan) if b - a > timedelta(hours=30) and a > START)
    hours = (gap - START).total_seconds() / 3600
    first = diary.ask(hours + 1)
    assert diary.ask(hours + 26).status == 304
    diary.ask(hours + 28, sends=(first.etag, ""))
    assert diary.sins() == {"P2"}


@pytest.mark.parametrize(("kind", "day"), [("captcha", 7), ("cut", 6)])
def test_p3_validators_of_no_feed(kind, day):
    diary = Diary(special(kind))
    diary.ask(day * 24 - 10)
    refused = diary.ask(day * 24 + 1)
    assert not refused.good
    assert refused.etag
    diary.ask(day * 24 + 3, sends=(refused.etag, ""))
    assert diary.sins() == {"P3"}


def test_p5_unconditional_again():
    diary = Diary(kinds.plain)
    diary.ask(0)
    diary.ask(30, sends=("", ""))
    assert diary.sins() == {"P5"}


def test_p16_too_early_too_late_and_for_a_while():
    early, late, found = Diary(kinds.two_hops), Diary(kinds.two_hops), Diary(special("found"))
    for diary, hours in ((early, (0, 24)), (found, range(0, 8 * 24, 24))):
        for hour in hours:
            diary.follow(hour)
        diary.ask(hours[-1] + 24, diary.log[-1].url)
    for day in range(10):
        late.follow(day * 24)
    assert [diary.sins() for diary in (early, late, found)] == [{"P16"}] * 3


def test_p16_what_flips_back_is_not_believed_and_what_is_left_is():
    flip, left = Diary(special("flip")), Diary(kinds.left_behind)
    for diary in (flip, left):
        diary.follow(0)
        diary.follow(24)
        target = diary.log[-1].url
        diary.ask(3 * 24)
        diary.ask(10 * 24 if diary is flip else 4 * 24, target)
    assert flip.sins() == {"P16"}
    assert left.sins() == set()


def test_p17_and_p18_redirects_without_end():
    circle, inside, hops = Diary(kinds.in_a_circle), Diary(kinds.to_inside), Diary(kinds.forty_hops)
    circle.follow(0, hops=2)
    inside.follow(0)
    hops.follow(0, hops=5)
    assert hops.sins() == set()
    hops.follow(24, hops=6)
    assert "P17" in circle.sins()
    assert inside.sins() == {"P17"}
    assert hops.sins() == {"P18"}


def test_p18_a_secret_at_another_origin():
    diary = Diary(secret)
    given = diary.ask(0, Authorization="Basic eDp5", X_Own_Key="riverbank")
    diary.ask(0.001, given.location)
    assert diary.sins() == set()
    diary.ask(24, Authorization="Basic eDp5")
    diary.ask(24.001, given.location, X_Own_Key="riverbank")
    assert diary.sins() == {"P18"}


def test_p19_no_pause_on_a_domain():
    diary = Diary(lambda builder, _h, _o: Batch(tuple(builder.source(f"{n}.paper.example", "many") for n in "ab")))
    diary.ask(0, diary.urls[0])
    diary.ask(1.5 / 3600, diary.urls[1])
    assert diary.sins() == set()
    diary.log[1].at -= timedelta(seconds=0.1)
    assert diary.sins() == {"P19"}


def test_p20_all_at_one_minute():
    diary = Diary(*[kinds.plain] * 40)
    for url in diary.urls:
        diary.ask(72, url)
    assert diary.sins() == {"P20"}
    assert diary.sins(restarts=(71.5,)) == set(), "a start is paced by P19 alone"


def test_p27_asked_again_at_once():
    diary = Diary(special("captcha"))
    for seconds in (0, 2):
        diary.ask(170 + seconds / 3600)
    assert diary.sins() >= {"P4", "P27"}
