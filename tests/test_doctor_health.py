"""The one state of a subscription, why, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coranto.doctor import Condition, Facts, diagnose
from coranto.doctor.health import mean
from coranto.doctor.shape import Reading
from coranto.intake.condition import judged, learned
from coranto.model import Outcome
from coranto.settings.values import Upstream
from coranto.store.sources import Subscription

NOW = datetime(2022, 1, 8, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UPSTREAM = Upstream(url="https://me:secret@a.example/rss", key="a.example/rss")

WORST_FIRST = {
    "gone": {"gone": True, "error": "the server answers 410 Gone"},
    "held": {"held": True, "holding": 12, "place": "https://a.example/rss"},
    "failing": {"errors": 3, "error": "the answer is an HTML page", "failing_since": NOW},
    "changed-shape": {"shape": "lists 2 entries, 20 before; nothing is taken out"},
    "losing": {"overruns": 2, "listed": 20, "per_hour": 25},
    "moved": {"move": "has moved: https://b.example/ is polled; write it in settings.yaml"},
    "slow": {"milliseconds": 5000},
    "healthy": {},
}
WHY = {
    "gone": "410 Gone",
    "held": "12 entries came again under new ids and links: held back, while new ones are published; ends by itself "
    "when the feed lists them no more; if they are articles of their own: "
    "`coranto status --release https://a.example/rss`",
    "failing": "failed 3 times in a row since 2022-01-08 04:00 UTC: the answer is an HTML page",
    "changed-shape": "nothing is taken out",
    "losing": "lists only 20 entries, at each of the last 2 polls nothing but new ones, about 25 an hour: what came "
    "between two polls may be lost; ask its publisher for a longer feed, or set a shorter `every`",
    "moved": "write it in settings.yaml",
    "slow": "its answers take about 5 s",
    "healthy": "",
}


@pytest.mark.parametrize("health", WORST_FIRST)
def test_each_state_has_its_reason(health):
    found = diagnose(Facts(**WORST_FIRST[health]))
    assert found.health == health
    assert WHY[health] in found.why
    assert bool(found.why) == (health != "healthy")


@pytest.mark.parametrize("worst", WORST_FIRST)
def test_the_worst_that_is_true_is_told(worst):
    states = list(WORST_FIRST)
    true = [WORST_FIRST[state] for state in reversed(states[states.index(worst) :])]
    assert diagnose(Facts(**{name: value for facts in true for name, value in facts.items()})).health == worst


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        (Facts(errors=1, error="no answer"), Condition("failing", "no answer")),
        (Facts(gone=True), "take it out of settings.yaml"),
        (Facts(held=True, holding=1, errors=1, error="no answer"), "1 entry came again"),
        (Facts(held=True, holding=1, errors=1, error="no answer"), "; no answer"),
        (Facts(overruns=1, listed=20), Condition("healthy")),
        (Facts(overruns=2, listed=3), "lists only 3 entries, at each of the last 2 polls nothing but new ones: what"),
        (Facts(overruns=9, listed=2), Condition("healthy")),  # a feed of the latest one is short on purpose
        (Facts(milliseconds=4999), Condition("healthy")),
    ],
)
def test_reasons_in_detail(facts, condition):
    found = diagnose(facts)
    assert found == condition if isinstance(condition, Condition) else condition in found.why


@pytest.mark.parametrize(
    ("before", "seconds", "after"),
    [(0, 0.4, 400), (400, 0.2, 350), (100, 9.95, 2562), (300, 0.0, 300), (0, 0.0001, 1)],
)
def test_the_time_of_answers_is_a_mean_in_which_the_newest_weighs_a_quarter(before, seconds, after):
    assert mean(before, seconds) == after


# -- after a visit


def outcome(kind="changed", status=200, seconds=0.1):
    return Outcome(source=UPSTREAM.key, kind=kind, status=status, seconds=seconds)


def visited(known, reading=None, now=NOW, **fields):
    """The subscription after one more visit."""
    answer = outcome(**fields)
    failed = answer.kind == "failed"
    after = replace(
        known,
        last_poll=now,
        last_good=known.last_good if failed else now,
        errors=known.errors + 1 if failed else 0,
        error="no answer" if failed else "",
    )
    after = learned(after, known, answer, reading, now)
    return judged(after, UPSTREAM, 12 if after.held else 0, now, asked=known.last_good)


ALL_NEW = Reading(listed=20, fresh=20)


def test_a_feed_of_new_entries_only_twice_in_a_row_is_losing_some():
    first = visited(Subscription(), ALL_NEW)
    assert (first.health, first.overruns) == ("healthy", 0)  # of a first visit all is new
    second = visited(first, ALL_NEW, NOW + HOUR)
    assert second.health == "healthy"
    third = visited(second, ALL_NEW, NOW + 2 * HOUR)
    assert (third.health, third.health_since) == ("losing", NOW + 2 * HOUR)
    assert "20 entries, at each of the last 2 polls nothing but new ones, about 20 an hour" in third.health_why
    fourth = visited(third, ALL_NEW, NOW + 4 * HOUR)
    assert fourth.health_since == third.health_since
    assert "last 3 polls nothing but new ones, about 10 an hour" in fourth.health_why
    assert visited(fourth, Reading(listed=20, fresh=19), NOW + 5 * HOUR).health == "healthy"
    assert visited(fourth, None, NOW + 5 * HOUR, kind="unchanged", status=304).health == "healthy"
    assert visited(fourth, None, NOW + 5 * HOUR, kind="failed", status=500).overruns == 3
    assert visited(fourth, ALL_NEW, NOW + 5 * HOUR, status=226).overruns == 3  # only the news were asked for
    assert visited(fourth, Reading(), NOW + 5 * HOUR).health == "healthy"


def test_a_change_of_shape_is_told_for_a_day():
    first = visited(Subscription(), Reading(listed=2, shape="lists 2 entries, 20 before"))
    assert (first.health, first.health_why) == ("changed-shape", "lists 2 entries, 20 before")
    assert visited(first, Reading(listed=20, fresh=3), NOW + DAY - HOUR).health == "changed-shape"
    assert visited(first, None, NOW + DAY, kind="unchanged", status=304).health == "healthy"
    assert visited(first, None, NOW - HOUR, kind="unchanged", status=304).health == "healthy"  # a clock set back


def test_a_hold_ends_with_a_whole_document_that_lists_nothing_held():
    held = visited(Subscription(), Reading(listed=20, held=12))
    assert held.health == "held"
    assert "`coranto status --release https://a.example/rss`" in held.health_why  # without the login
    for kind, status, reading in [("unchanged", 304, None), ("failed", 500, None), ("changed", 226, Reading(listed=1))]:
        assert visited(held, reading, NOW + HOUR, kind=kind, status=status).health == "held"
    assert visited(held, Reading(listed=20, fresh=3), NOW + HOUR).health == "healthy"


def test_since_when_changes_only_with_the_state():
    one = visited(Subscription(), None, kind="failed", status=500)
    two = visited(one, None, NOW + HOUR, kind="failed", status=500)
    assert (two.health, two.health_since) == ("failing", NOW)
    well = visited(two, Reading(listed=3), NOW + DAY)
    assert (well.health, well.health_since, well.health_why) == ("healthy", NOW + DAY, "")


def test_a_slow_source_is_one_whose_answers_take_five_seconds():
    slow = visited(Subscription(), Reading(listed=3), seconds=9.0)
    assert (slow.health, slow.milliseconds) == ("slow", 9000)
    better = visited(slow, Reading(listed=3), NOW + HOUR, seconds=0.4)
    assert better.health == "slow"
    assert visited(better, Reading(listed=3), NOW + 2 * HOUR, seconds=0.4).health == "slow"
    well = visited(replace(better, milliseconds=100), Reading(listed=3), NOW + 3 * HOUR, seconds=9.95)
    assert well.health == "healthy"  # one slow answer is no rule
