"""Public ids: minted once, kept for ever (IDENTITY 16, 17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coranto.dedup.ids import candidates, choose, mint
from coranto.model import Entry, Public

TAG = "news.example,2021"
NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)


def public(name: str, entry: int, *, leads: bool = True, hours: int = 0) -> Public:
    moment = NOON + timedelta(hours=hours)
    return Public(id=name, entry=entry, leads=leads, first_out=moment, updated=moment, digest="")


def entry(**fields: str) -> Entry:
    return Entry(source="a.example/feed", name="n1", **fields)


# -- candidates


@pytest.mark.parametrize(
    "own_id", ["https://a.example/?p=1", "tag:a.example,2021:1", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]
)
def test_a_public_iri_of_its_own_comes_first(own_id):
    """RFC 4287 4.2.6: an id survives republication."""
    assert candidates(entry(own_id=own_id, code="NW20220107"), "a.example/1", TAG)[0] == own_id


@pytest.mark.parametrize("own_id", ["", "1", "a b", "http://localhost/?p=1", f"tag:{TAG}:code/NW20220107"])
def test_an_id_that_is_no_public_iri_or_is_ours_is_never_adopted(own_id):
    assert candidates(entry(own_id=own_id, code="NW20220108"), "", TAG)[0] == f"tag:{TAG}:code/NW20220108"


def test_candidates_go_from_the_strongest_key_to_the_row():
    """These very texts are out there: a change of the hash would rename every story."""
    found = candidates(entry(code="NW20220107"), "a.example/1", TAG)
    assert found == (
        f"tag:{TAG}:code/NW20220107",
        f"tag:{TAG}:url/f5c487667165382b",
        f"tag:{TAG}:entry/a9dbc743bb417864",
    )


def test_there_is_always_one():
    assert candidates(entry(), "", TAG) == (f"tag:{TAG}:entry/a9dbc743bb417864",)


def test_candidates_depend_on_what_was_said_only():
    assert candidates(entry(), "", TAG) != candidates(Entry(source="b.example/feed", name="n1"), "", TAG)
    assert candidates(entry(title="a"), "a.example/1", TAG) == candidates(entry(title="b"), "a.example/1", TAG)


# -- mint


@pytest.mark.parametrize(
    ("taken", "minted"),
    [(set(), "x"), ({"x"}, "y"), ({"x", "y"}, "y.2"), ({"x", "y", "y.2", "y.3"}, "y.4")],
)
def test_the_first_free_candidate_is_taken_then_numbers(taken, minted):
    assert mint(("x", "y"), lambda one: one not in taken) == minted


# -- choose


def test_a_story_that_never_was_out_has_none():
    assert choose(1, [], []) is None


def test_the_id_of_the_winning_words_leads():
    """IDENTITY 17: whichever is older."""
    assert choose(2, [public("old", 1), public("new", 2, hours=5)], []).id == "new"


def test_of_several_the_older_one_leads():
    assert choose(3, [public("b", 1, hours=1), public("a", 2, hours=2)], []).id == "b"
    assert choose(1, [public("b", 1), public("a", 1)], []).id == "a"


def test_an_alias_leads_only_when_nothing_else_does():
    assert choose(1, [public("alias", 1, leads=False), public("lead", 1, hours=9)], []).id == "lead"
    assert choose(1, [public("alias", 1, leads=False)], []).id == "alias"


def test_an_id_without_a_story_is_taken_up_only_by_a_story_without_an_id():
    """A post that moved to another folder, a better copy that was taken back."""
    orphan = public("orphan", 9)
    assert choose(1, [], [public("later", 8, hours=1), orphan]) == orphan
    assert choose(1, [public("mine", 2, hours=9)], [orphan]).id == "mine"
