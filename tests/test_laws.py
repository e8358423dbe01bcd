"""The laws of identity over a real store: incremental is from scratch, whoever comes when (IDENTITY, laws 1, 3, 4, 11)."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.store import Store
from coranto.store.sqlite import Sqlite
from examples import often
from world import PLACES, SOURCES, Place, Said, World, from_scratch, said, world

ORDERS = st.sampled_from([(0, 1, 2, 3), (0, 1, 2, 3), (3, 0, 2, 1), (2, 1, 0), (0, 1, 2)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), PLACES, said()),
        st.tuples(st.just("put"), PLACES, said()),
        st.tuples(st.just("state"), PLACES, st.sampled_from(("withdrawn", "live", "waiting", "purged"))),
        st.tuples(st.just("order"), ORDERS),
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=often(100), deadline=None)
@given(STEPS, st.integers(1, 3))
def test_law_3_incremental_is_from_scratch(steps, every):
    """After any add, edit, withdrawal, return or change of settings, settled after every one or every few."""
    entries: dict[Place, Said] = {}
    states: dict[Place, str] = {}
    order = (0, 1, 2, 3)
    with world() as live:
        for number, (kind, *what) in enumerate(steps):
            if kind == "put" and what[0][0] in order:
                live.put(*what)
                entries[what[0]] = what[1]
                states[what[0]] = "live"
            elif kind == "state" and what[0] in entries:
                live.state(*what)
                states[what[0]] = what[1]
            elif kind == "order":
                order = what[0]
                live.arrange(order)
            if number % every == 0:
                live.settle()
        live.settle()
        assert live.picture() == from_scratch(entries, states, order)


@settings(max_examples=often(60), deadline=None)
@given(st.dictionaries(PLACES, said(), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_law_3_all_withdrawn_and_all_back_is_as_before(entries, chance):
    places = sorted(entries)
    with world() as live:
        for place in places:
            live.put(place, entries[place])
        live.settle()
        before = live.picture()
        for state in ("withdrawn", "live"):
            chance.shuffle(places)
            for place in places:
                live.state(place, state)
                if chance.random() < 0.5:
                    live.settle()
            live.settle()
            if state == "withdrawn":
                assert live.picture()["count"] == 0
        assert live.picture() == before


@settings(max_examples=often(80), deadline=None)
@given(st.dictionaries(PLACES, said(), min_size=1, max_size=10), st.randoms(use_true_random=False), st.booleans())
def test_law_1_the_order_of_arrival_is_irrelevant(entries, chance, settled_between):
    """Also of dead keys: a key that one article holds joins, until a second one of its source comes."""
    places = sorted(entries)
    chance.shuffle(places)
    with world() as live:
        for place in places:
            live.put(place, entries[place])
            if settled_between:
                live.settle()
        live.settle()
        assert live.picture() == from_scratch(entries, dict.fromkeys(entries, "live"), (0, 1, 2, 3))


@settings(max_examples=often(80), deadline=None)
@given(st.dictionaries(PLACES, said(), min_size=2, max_size=10))
def test_law_4_a_later_source_changes_no_winner(entries):
    earlier = {place: what for place, what in entries.items() if place[0] < len(SOURCES) - 1}
    before = from_scratch(earlier, dict.fromkeys(earlier, "live"), (0, 1, 2, 3))["stories"]
    after = from_scratch(entries, dict.fromkeys(entries, "live"), (0, 1, 2, 3))["stories"]
    for story, filed in after.items():
        if any(place[0] < len(SOURCES) - 1 for place in story):
            parts = {part: old for part, old in before.items() if part <= story}
            assert filed[0] in {old[0] for old in parts.values()}
            assert set().union(*parts) == {place for place in story if place in earlier}


def test_settling_twice_changes_nothing():
    with world() as live:
        for number in range(3):
            live.put((1, str(number)), Said(keys=("url:x/1",), title=str(number)))
        live.put((2, "1"), Said(keys=("url:x/1",)))
        live.settle()
        before = live.picture()
        assert not live.store.stories.touched()
        live.store.entries.touch_all()
        live.settle()
        assert live.picture() == before


def test_a_conflict_goes_when_the_key_that_made_it_does():
    """A(c1, u), B(c2, u); then A has another address: nothing stands between them."""
    with world() as live:
        live.put((0, "1"), Said(code="NW202201070001", keys=("url:x/1",)))
        live.put((1, "1"), Said(code="NW202201070002", keys=("url:x/1",)))
        live.settle()
        assert len(live.picture()["conflicts"]) == 1
        live.put((0, "1"), Said(code="NW202201070001", keys=("url:x/2",)))
        live.settle()
        assert not live.picture()["conflicts"]


def test_a_hub_stays_cheap():
    """IDENTITY 12: a key that is dead for its source is not walked, however many hold it."""
    with world() as live:
        for number in range(300):
            live.put((1, f"n{number}"), Said(keys=("url:x/1",), title=f"t{number}"))
        live.settle()
        assert live.store.stories.count() == 300
        live.put((1, "one more"), Said(keys=("url:x/1",), title="one more"))
        row = live.store.entries.named(2, "one more")
        assert live.store.stories.neighbours(row.uid) == []
        live.settle()
        assert live.store.stories.count() == 301


def test_a_purged_winner_takes_its_story_out_and_keeps_its_standing():
    """IDENTITY 6: a better source's words are gone; a later copy does not come out as news in their place."""
    with world() as live:
        live.put((0, "1"), Said(keys=("url:x/1",), categories=("x",)))
        live.put((1, "1"), Said(keys=("url:x/1",), categories=("y",)))
        live.settle()
        live.state((0, "1"), "purged")
        live.settle()
        picture = live.picture()
        assert picture["stories"] == {frozenset({(0, "1"), (1, "1")}): None}
        assert picture["count"] == 0


def test_a_purged_loser_files_its_story_no_longer():
    """IDENTITY 15: the union over its live entries."""
    with world() as live:
        live.put((0, "1"), Said(keys=("url:x/1",), categories=("x",)))
        live.put((1, "1"), Said(keys=("url:x/1",), categories=("y",)))
        live.state((1, "1"), "purged")
        live.settle()
        assert live.picture()["filed"] == {"x": 1, "y": 0, "z": 0}


@pytest.mark.parametrize("seed", [1, 2])
def test_law_11_many_workers_are_one(tmp_path, seed):
    """Each with a connection of its own; one merge lock, no deadlock."""
    chance = random.Random(seed)
    entries = {(place, str(name)): _any_said(chance) for place in range(len(SOURCES)) for name in range(12)}
    file = tmp_path / "store.sqlite3"
    with closing(Store.over(Sqlite.open(file))) as store:
        World(store)
    places = sorted(entries)
    chance.shuffle(places)
    threads = [Thread(target=_work, args=(file, places[part::4], entries)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    with closing(Store.over(Sqlite.open(file))) as store:
        assert World(store).picture() == from_scratch(entries, dict.fromkeys(entries, "live"), (0, 1, 2, 3))


def _work(file: Path, places: list[Place], entries: dict[Place, Said]) -> None:
    with closing(Store.over(Sqlite.open(file))) as store:
        worker = World(store)
        for number, place in enumerate(places):
            worker.put(place, replace(entries[place], title="before"))
            worker.put(place, entries[place])
            if number % 2:
                worker.settle()
        worker.settle()


def _any_said(chance: random.Random) -> Said:
    return Said(
        code=chance.choice(("", "", "NW202201070001", "NW202201070002", "NW202201070003")),
        keys=tuple(chance.sample([f"url:x/{number}" for number in range(12)], 2)),
        title=chance.choice("tuv"),
        instant=chance.randrange(4),
        fullness=chance.choice((0, 100, 5000)),
        categories=(chance.choice("xyz"),),
    )
