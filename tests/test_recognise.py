"""Which row of its source an item is (IDENTITY A.5, law 5; FEATURES F1, F2, F3, F8; R16, R17)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coranto.dedup.recognise import Facts, Known, facts_of, recognise, repeats
from coranto.model import Entry, Words
from coranto.text.urls import canonical


def known(facts: dict[int, tuple[str, str, str, str]]) -> list[Known]:
    return [Known(row=row, own_id=one[0], url=one[1], title=one[2], instant=one[3]) for row, one in facts.items()]


def row_of(item: tuple[str, str, str, str], *rows: tuple[str, str, str, str]) -> int | None:
    """Which of ``rows`` (1, 2, ...) the item is."""
    return recognise(known({0: item}), known(dict(enumerate(rows, 1))))[0]


@pytest.mark.parametrize(
    ("item", "row", "same"),
    [
        (("g", "u", "t", "i"), ("g", "u", "t", "i"), True),
        (("g", "u", "T", "I"), ("g", "u", "t", "i"), True),  # F5: title and date edited
        (("g", "", "T", "I"), ("g", "", "t", "i"), True),  # absent = absent
        (("", "u", "T", "I"), ("", "u", "t", "i"), True),
        (("g", "U", "t", "I"), ("g", "u", "t", "i"), True),  # new link parameters, one witness
        (("g", "U", "T", "i"), ("g", "u", "t", "i"), True),
        (("G", "u", "t", "I"), ("g", "u", "t", "i"), True),  # R16: guid churn
        (("", "u", "t", "I"), ("g", "u", "t", "i"), True),
        (("g", "U", "T", "I"), ("g", "u", "t", "i"), False),  # R17: one guid for two articles
        (("G", "u", "T", "I"), ("g", "u", "t", "i"), False),
        (("", "u", "T", "I"), ("g", "u", "t", "i"), False),
        (("g", "U", "", ""), ("g", "u", "", ""), False),  # absent witnesses are none
        (
            ("G", "U", "t", "i"),
            ("g", "u", "t", "i"),
            False,
        ),  # F2: a volatile link and no id: settings' tracking cures it
        (("", "", "t", "i"), ("", "", "t", "i"), True),
        (("", "", "t", "I"), ("", "", "t", "i"), False),
        (("", "", "T", "i"), ("", "", "t", "i"), False),
        (("", "", "t", ""), ("", "", "t", ""), True),
        (("", "", "t", "i"), ("g", "u", "t", "i"), False),
        (("G", "u", "", ""), ("g", "u", "", ""), False),
    ],
)
def test_when_an_item_is_a_known_entry(item, row, same):
    """A.5."""
    assert row_of(item, row) == (1 if same else None)


def test_the_best_agreement_wins():
    assert row_of(("g", "u", "t", "i"), ("g", "x", "t", "j"), ("h", "u", "t", "i")) == 2
    assert row_of(("g", "u", "t", "i"), ("h", "u", "t", "j"), ("g", "x", "t", "j")) == 2


def test_a_row_is_given_to_one_item_only():
    found = recognise(known({0: ("g", "x", "t", "i"), 1: ("h", "u", "t", "i")}), known({7: ("g", "u", "t", "i")}))
    assert found == {0: 7, 1: None}


def test_f3_one_guid_for_all_items_counts_nothing():
    rows = {1: ("g", "u1", "t1", "i1"), 2: ("g", "u2", "t2", "i2")}
    assert recognise(known({0: ("g", "u2", "T", "I"), 1: ("g", "u3", "t1", "i9")}), known(rows)) == {0: 2, 1: None}


def test_a_home_page_as_the_link_of_every_item_counts_nothing():
    rows = {1: ("g1", "u", "t", "i"), 2: ("g2", "u", "t", "i2")}
    assert recognise(known({0: ("g2", "u", "T", "I"), 1: ("g3", "u", "t", "i")}), known(rows)) == {0: 2, 1: None}


def test_dead_id_and_dead_link_leave_title_and_instant():
    rows = {1: ("g", "u", "t1", "i1"), 2: ("g", "u", "t2", "i2")}
    assert recognise(known({0: ("g", "v", "t2", "i2"), 1: ("g", "v", "t1", "i2")}), known(rows)) == {0: 2, 1: None}


def test_own_ids_are_compared_exactly():
    assert row_of(("0", "", "t", "i"), ("00", "", "t", "i")) is None
    assert row_of(("A", "", "t", "i"), ("a", "", "t", "i")) is None


def entry(own_id: str = "", link: str = "", title: str = "", day: int = 0, **more: object) -> Entry:
    published = datetime(2022, 1, day, tzinfo=UTC) if day else None
    return Entry(source="s", own_id=own_id, link=link, title=title, published=published, **more)  # type: ignore[arg-type]


A, B = "http://a.example/a", "http://a.example/b"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (entry("g", A, "t", 1), entry("g", A, "t", 1), True),  # F8
        (entry("g", A, "t", 1), entry("h", A, "t", 1), True),
        (entry("g", A, "t", 1), entry("g", B, "t", 1), True),
        (entry("g", A, "t", 1), entry("g", "https://www.a.example/a/", "T", 2), True),  # F1
        (entry("g", A, "t", 1), entry("g", A, "u", 1), True),
        (entry("g", A, "t", 1), entry("g", A, "u", 2), False),
        (entry("g", A, "t", 1), entry("h", B, "t", 1), False),  # F4
        (entry("", A, "t", 1), entry("", A, "t", 1), True),
        (entry("", A, "t", 1), entry("", A, "t", 2), False),
        (entry("", "", "t"), entry("", "", "u"), False),
        (entry("", "", "t"), entry("", "", "t"), True),
        (entry(words=Words(content="one")), entry(words=Words(content="two")), False),
        (entry("", "http://a.example/", "t", 1), entry("h", "http://a.example/", "t", 1), False),  # a site is no link
    ],
)
def test_when_two_items_of_a_document_are_repeats(one, other, same):
    assert len(repeats([one, other], canonical)) == (1 if same else 2)


def test_repeats_pool_their_categories_and_the_fullest_stands():
    short = entry("g", A, "t", 1, categories=("x", "y"), fullness=10)
    full = entry("g", A, "t", 1, categories=("z", "x"), fullness=90)
    assert repeats([short, full], canonical) == repeats([full, short], canonical)
    (kept,) = repeats([short, full], canonical)
    assert kept.fullness == 90
    assert kept.categories == ("z", "x", "y")


def test_a_home_page_as_the_link_of_all_is_no_evidence_of_a_repeat():
    home = "http://a.example/news"
    assert len(repeats([entry("g", home, "t", 1), entry("h", home, "t", 1), entry("k", home, "u", 2)], canonical)) == 3


_FACT = st.tuples(
    st.sampled_from(["", "g", "h", "k"]),
    st.sampled_from(["", A, B]),
    st.sampled_from(["", "t", "u", "v"]),
    st.integers(0, 3),
)
_ITEMS = st.lists(_FACT, min_size=1, max_size=7).map(lambda facts: [entry(*one) for one in facts])


def poll(items: list[Entry], rows: list[Known]) -> dict[int, tuple[Facts, int | None]]:
    said = [facts_of(one, canonical) for one in repeats(items, canonical)]
    found = recognise([Known(row=number, **one._asdict()) for number, one in enumerate(said)], rows)
    return {number: (said[number], row) for number, row in found.items()}


def first_poll(items: list[Entry]) -> list[Known]:
    return [Known(row=100 + number, **facts._asdict()) for number, (facts, _) in poll(items, []).items()]


def agree(one: Entry, other: Entry) -> bool:
    pairs = list(zip(facts_of(one, canonical), facts_of(other, canonical), strict=True))
    return one == other or sum(mine == theirs != "" for mine, theirs in pairs) >= 3


@given(_ITEMS, st.data())
def test_a_re_poll_of_any_part_in_any_order_makes_no_row(items, data):
    """Law 5. Chains of repeats (a like b, b like c, a unlike c) have no answer that holds for every part."""
    alike = [(a, b) for a, b in combinations(items, 2) if agree(a, b)]
    assume(
        all(
            agree(a, c)
            for x, y in alike
            for a, c in [(x, z) for z in items if agree(y, z)] + [(y, z) for z in items if agree(x, z)]
        )
    )
    rows = first_poll(items)
    part = data.draw(st.permutations(items))[: data.draw(st.integers(1, len(items)))]
    assert None not in {row for _, row in poll(part, rows).values()}


@given(_ITEMS)
def test_every_distinct_item_has_its_own_row_again(items):
    """Law 5: the whole document, with chains of repeats and dead keys."""
    rows = first_poll(items)
    assert {row: facts for facts, row in poll(items, rows).values()} == {row.row: row.facts for row in rows}


@given(_ITEMS, _ITEMS, st.randoms(use_true_random=False))
def test_the_order_in_a_document_and_in_the_store_is_irrelevant(before, now, chance):
    rows = first_poll(before)
    expected = set(poll(now, rows).values())
    chance.shuffle(now)
    chance.shuffle(rows)
    assert set(poll(now, rows).values()) == expected


@given(_ITEMS, _ITEMS)
def test_no_two_items_get_one_row(before, now):
    found = [row for _, row in poll(now, first_poll(before)).values() if row is not None]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("shared", [False, True])
def test_five_thousand_items_meet_fifty_thousand_rows_in_under_a_second(shared):
    rows = [
        Known(
            row=n,
            own_id="" if shared else f"g{n}",
            url="u" if shared else f"u{n}",
            title=f"t{n % 3}",
            instant=f"i{n % 7}",
        )
        for n in range(50_000)
    ]
    items = [
        Known(
            row=n,
            own_id="" if shared else f"g{n}",
            url="u" if shared else f"v{n}",
            title=f"t{n % 3}",
            instant=f"i{n % 7}",
        )
        for n in range(5_000)
    ]
    start = time.process_time()
    found = recognise(items, rows)
    assert time.process_time() - start < 1
    assert None not in found.values()
