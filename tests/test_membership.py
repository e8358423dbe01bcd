"""Which entries are one story (IDENTITY B 8 to 12; laws 1, 2, 4; SEED K and N by their keys)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coranto.dedup.membership import Conflict, Member, dead_keys, is_dead, partition
from coranto.model import FEED, POSTS
from examples import often

many = settings(max_examples=often(120), deadline=None)


@dataclass(frozen=True)
class Outcome:
    """What membership decided, with entries called by source and name: a row's number is an accident."""

    stories: frozenset[frozenset[tuple[int, str]]]
    refused: frozenset[tuple[tuple[int, str], str, tuple[int, str], str]]


def member(uid: int, rank: int, *keys: str, kind: str = FEED, **fields: str) -> Member:
    """An entry; its infoCode is that of its code key."""
    code = next((key.removeprefix("code:") for key in keys if key.startswith("code:")), "")
    said = {"name": f"n{uid}", "title": f"t{uid}", "instant": "", "code": code, **fields}
    return Member(uid=uid, rank=rank, kind=kind, keys=keys, **said)


def living(members: list[Member]) -> list[Member]:
    """The members without the keys that are dead for their source."""
    dead = dead_keys(members)
    return [replace(one, keys=tuple(key for key in one.keys if (one.rank, key) not in dead)) for one in members]


def outcome(members: list[Member]) -> Outcome:
    called = {one.uid: (one.rank, one.name) for one in members}
    result = partition(living(members))
    return Outcome(
        frozenset(frozenset(called[uid] for uid in story) for story in stories_of(result.story)),
        frozenset((called[one.uid], one.key, called[one.other], one.why) for one in result.conflicts),
    )


def stories_of(labels: dict[int, int]) -> list[set[int]]:
    stories: dict[int, set[int]] = defaultdict(set)
    for uid, story in labels.items():
        stories[story].add(uid)
    return list(stories.values())


def together(members: list[Member]) -> set[tuple[int, int]]:
    """Every two entries that are one story."""
    stories = stories_of(partition(members).story)
    return {pair for story in stories for pair in combinations(sorted(story), 2)}


def plain_union(members: list[Member]) -> set[frozenset[int]]:
    """Union-find without brakes, the slow and obvious way."""
    parts = [({one.uid}, set(one.keys)) for one in members]
    while pair := next(((a, b) for a, b in combinations(parts, 2) if a[1] & b[1]), None):
        parts = [part for part in parts if part not in pair] + [(pair[0][0] | pair[1][0], pair[0][1] | pair[1][1])]
    return {frozenset(uids) for uids, _ in parts}


def renumbered(members: list[Member], order: list[int]) -> list[Member]:
    """The same entries as if they had come in another order: other rows, other places."""
    return [replace(members[old], uid=new) for new, old in enumerate(order, 1)]


KEYS = ("url:a/1", "url:a/2", "url:a/3", "id:urn:x|t:1", "id:urn:x|i:1", "id:urn:y|t:1")


@st.composite
def sets(draw: st.DrawFn, *, most: int = 9, ranks: int = 4) -> list[Member]:
    """Entries over so few keys that most of them meet."""
    kinds = [draw(st.sampled_from((POSTS, FEED))) for _ in range(ranks)]
    members = []
    for uid in range(1, draw(st.integers(2, most)) + 1):
        rank = draw(st.integers(0, ranks - 1))
        code = draw(st.sampled_from(("", "", "C1", "C2", "C3")))
        keys = draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))
        members.append(
            member(
                uid,
                rank,
                *((f"code:{code}",) if code else ()),
                *keys,
                kind=kinds[rank],
                code=code,
                title=draw(st.sampled_from("TU")),
                instant=draw(st.sampled_from(("", "1", "2"))),
            )
        )
    return members


# -- the laws


@many
@given(sets(), st.randoms(use_true_random=False))
def test_law_1_the_order_of_arrival_is_irrelevant(members, chance):
    order = list(range(len(members)))
    chance.shuffle(order)
    names = [replace(one, name=f"n{place}") for place, one in enumerate(members)]
    assert outcome(renumbered(names, order)) == outcome(names)


@many
@given(sets())
def test_law_1_no_story_has_two_codes(members):
    codes = {one.uid: one.code for one in members}
    for story in stories_of(partition(living(members)).story):
        assert len({codes[uid] for uid in story} - {""}) <= 1


@many
@given(sets())
def test_law_2_it_is_a_refinement_of_plain_union(members):
    living_members = living(members)
    unions = plain_union(living_members)
    for story in stories_of(partition(living_members).story):
        assert any(story <= union for union in unions)


@many
@given(sets(ranks=9), st.data())
def test_law_2_it_is_plain_union_where_nothing_stands_against_it(members, data):
    """Each source has one entry, and a component at most one code."""
    members = [replace(one, rank=rank) for rank, one in enumerate(data.draw(st.permutations(members)))]
    unions = plain_union(members)
    codes = {one.uid: one.code for one in members}
    assume(all(len({codes[uid] for uid in union} - {""}) <= 1 for union in unions))
    assert {frozenset(story) for story in stories_of(partition(members).story)} == unions


@many
@given(sets(), st.integers(1, 3))
def test_law_4_a_later_source_neither_separates_nor_joins_entries_of_an_earlier_one(members, later):
    members = living(members)
    earlier = [one for one in members if one.rank < later]
    before, after = together(earlier), together(members)
    assert before <= after
    rank = {one.uid: one.rank for one in earlier}
    of_one_source = {(a, b) for a, b in combinations(sorted(rank), 2) if rank[a] == rank[b]}
    assert after & of_one_source == before & of_one_source


@many
@given(sets())
def test_a_join_that_did_not_happen_is_kept_as_a_conflict(members):
    members = living(members)
    result = partition(members)
    refused = {(conflict.uid, conflict.key) for conflict in result.conflicts}
    for a, b in combinations(members, 2):
        if result.story[a.uid] != result.story[b.uid]:
            assert all((a.uid, key) in refused or (b.uid, key) in refused for key in set(a.keys) & set(b.keys))


@many
@given(sets())
def test_a_story_is_named_by_its_smallest_entry(members):
    result = partition(living(members))
    assert result.story.keys() == {one.uid for one in members}
    assert all(min(story) == result.story[uid] for story in stories_of(result.story) for uid in story)


# -- cases


@pytest.mark.parametrize("order", list(permutations("ABC")))
@pytest.mark.parametrize("ranks", list(permutations(range(3))))
def test_a_bare_address_between_two_codes_goes_to_the_better_source(order, ranks):
    """A(c1, u), B(c2, u), C(u): IDENTITY 9, in all six orders of arrival and of settings."""
    keys = {"A": ("code:C1", "url:u"), "B": ("code:C2", "url:u"), "C": ("url:u",)}
    rank = dict(zip("ABC", ranks, strict=True))
    members = [member(uid, rank[name], *keys[name], name=name) for uid, name in enumerate(order, 1)]
    better = min("AB", key=lambda name: rank[name])
    expected = {frozenset({better, "C"}), frozenset({"A", "B"} - {better})}
    found = outcome(members)
    assert {frozenset(name for _, name in story) for story in found.stories} == expected
    assert any("two infoCodes: C1, C2" in why for *_, why in found.refused)


def test_a_part_stands_where_its_best_entry_does():
    """A later copy of the first article does not send the third behind the second."""
    members = [
        member(1, 0, "code:C1", "url:u"),
        member(2, 1, "code:C2", "url:u"),
        member(3, 2, "code:C1", "url:u"),
        member(4, 3, "url:u"),
    ]
    story = partition(members).story
    assert story[4] == story[1] == story[3] != story[2]


def test_a_bridge_hides_no_local_post():
    """post1(c1), post2(u2), upstream H(c1, u2): plain union would make one story of two posts."""
    members = [
        member(1, 0, "code:C1", "url:u1", kind=POSTS),
        member(2, 0, "url:u2", kind=POSTS),
        member(3, 1, "code:C1", "url:u2"),
    ]
    result = partition(members)
    assert result.story == {1: 1, 2: 2, 3: 1}
    (conflict,) = result.conflicts
    assert conflict == Conflict(uid=3, key="url:u2", other=2, why="both hold an entry of one earlier source")


def test_two_posts_of_one_source_that_share_a_code_are_one_story():
    """K1: a post and its copy from another list."""
    members = [member(1, 0, "code:C1", "url:u1", kind=POSTS), member(2, 0, "code:C1", "url:u2", kind=POSTS)]
    assert partition(members).story == {1: 1, 2: 1}


def test_differing_addresses_are_no_evidence_of_difference():
    members = [member(1, 0, "id:urn:x|t:1", "url:u1"), member(2, 1, "id:urn:x|t:1", "url:u2")]
    assert partition(members).story == {1: 1, 2: 1}


def test_entries_without_keys_are_each_their_own_story():
    """N3."""
    assert partition([member(1, 0), member(2, 0), member(3, 1)]).story == {1: 1, 2: 2, 3: 3}


def test_a_code_is_heard_before_an_address():
    """C(c1, u) of one source belongs with its code, whoever holds its address."""
    members = [member(1, 0, "code:C1"), member(2, 1, "url:u", "code:C2"), member(3, 2, "code:C1", "url:u")]
    assert partition(members).story == {1: 1, 2: 2, 3: 1}


def held(*facts: tuple[str, str, str], key: str, kind: str = FEED) -> bool:
    """Whether ``key`` is dead in a source whose holders have these codes, titles and instants."""
    members = [
        Member(uid=uid, rank=0, name=str(uid), kind=kind, code=code, title=title, instant=instant, keys=(key,))
        for uid, (code, title, instant) in enumerate(facts)
    ]
    return bool(dead_keys(members))


@pytest.mark.parametrize(
    ("key", "kind", "facts", "dead"),
    [
        ("url:u", FEED, [("", "t", "1")], False),
        ("url:u", FEED, [("", "t", "1"), ("", "t", "1")], False),  # the same article twice
        ("url:u", FEED, [("", "t", "1"), ("", "T", "1")], True),
        ("url:u", FEED, [("", "t", "1"), ("", "t", "2")], True),
        ("url:u", POSTS, [("", "t", "1"), ("", "T", "1")], False),  # K3: a post and its archived copy
        ("url:u", POSTS, [("", "t", "1"), ("", "T", "1"), ("", "t", "2")], True),
        ("url:u", POSTS, [("C1", "t", "1"), ("C2", "t", "1")], True),
        ("url:u", FEED, [("C1", "t", "1"), ("C1", "t", "1")], False),
        ("id:urn:x|t:1", FEED, [("", "t", "1"), ("", "t", "2")], True),
        ("code:C1", FEED, [("C1", "t", "1"), ("C1", "T", "2")], False),
        ("code:C1", FEED, [("C1", "t", "1"), ("C1", "T", "1"), ("C1", "U", "1")], False),
        ("code:C1", FEED, [("C1", "t", "1"), ("C1", "T", "2"), ("C1", "T", "3")], False),
        ("code:C1", FEED, [("C1", "t", "1"), ("C1", "T", "2"), ("C1", "U", "3")], True),
        ("code:C1", POSTS, [("C1", "t", "1"), ("C1", "T", "2"), ("C1", "U", "3")], True),
    ],
)
def test_when_a_key_is_dead_for_a_source(key, kind, facts, dead):
    """IDENTITY 8."""
    assert held(*facts, key=key, kind=kind) is dead
    columns = list(zip(*facts, strict=True))
    counted = is_dead(
        key,
        kind,
        codes=len(set(columns[0]) - {""}),
        articles=len(set(zip(columns[1], columns[2], strict=True))),
        titles=len(set(columns[1])),
        instants=len(set(columns[2])),
    )
    assert counted is dead


def test_a_key_dead_in_one_source_joins_in_the_others():
    """A home page as the link of every item of one feed says nothing against the others."""
    members = [
        member(1, 0, "url:u", title="a"),
        member(2, 0, "url:u", title="b"),
        member(3, 1, "url:u"),
        member(4, 2, "url:u"),
    ]
    assert dead_keys(members) == {(0, "url:u")}
    assert partition(living(members)).story == {1: 1, 2: 2, 3: 3, 4: 3}
