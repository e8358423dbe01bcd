"""What a document shows when it is compared with what is known of its source (R15, R16, R18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coranto.doctor import Item, compare, reappearing, recoded, to_hold

NOON, LATER = "2022-01-07T04:00:00Z", "2022-01-07T05:00:00Z"


def row(number=1, own_id="g1", title="甲", instant=NOON, **fields):
    return Item(number=number, own_id=own_id, title=title, instant=instant, **fields)


def item(own_id="g2", title="甲", instant=NOON, number=0, **fields):
    return Item(number=number, own_id=own_id, title=title, instant=instant, **fields)


# -- which items reappear


@pytest.mark.parametrize(
    ("listed", "known", "again"),
    [
        (item(), row(), True),
        (item(instant=LATER), row(), True),  # the title is unique on both sides
        (item(instant=""), row(instant=""), True),
        (item(title="乙"), row(), False),
        (item(title=""), row(title=""), False),  # nothing tells microblog posts apart
        (item(code="NW1"), row(code="NW1"), False),  # the code joins them: one story without our help
        (item(code="NW2"), row(code="NW1"), False),  # two articles, whatever their title
        (item(code="NW2"), row(), True),
    ],
)
def test_an_item_reappears_if_a_known_title_comes_under_a_new_id_and_link(listed, known, again):
    assert set(reappearing([listed], [known], {0: None})) == ({0} if again else set())


def test_what_is_recognised_does_not_reappear():
    assert reappearing([item()], [row()], {0: 1}) == {}


def test_an_item_beside_the_entry_it_resembles_is_another_article():
    """The known one is still listed: this is a second one of the same title and time."""
    listed = [item("g1", number=0), item("g2", number=1)]
    assert reappearing(listed, [row()], {0: 1, 1: None}) == {}


@pytest.mark.parametrize(
    ("instant", "again"), [(LATER, set()), (NOON, {0})], ids=["another time", "the time of one of them"]
)
def test_a_title_that_recurs_needs_the_time_too(instant, again):
    """ "Weather" each day is news each day."""
    rows = [row(1, "g1"), row(2, "g2", instant="2022-01-06T04:00:00Z")]
    assert set(reappearing([item("g3", instant=instant)], rows, {0: None})) == again


def test_a_title_that_one_document_lists_twice_needs_the_time_too():
    listed = [item("g2", instant=LATER, number=0), item("g3", number=1)]
    assert set(reappearing(listed, [row()], {0: None, 1: None})) == {1}


@pytest.mark.parametrize(
    ("listed", "again"),
    [
        (item("g4", instant=LATER, words="晴"), {0: True}),
        (item("g4", instant=LATER, words="雨"), {}),
        (item("g4", instant=LATER, words=""), {}),  # no words say nothing
        (item("g4", instant=LATER, words="晴", title="乙"), {}),
    ],
)
def test_a_title_that_recurs_reappears_with_the_same_words_r16(listed, again):
    """However often the title stands; with a row that is held back too."""
    rows = [row(1, "g1", words="阴"), row(2, "g2", instant="", words=""), row(3, "g3", instant="", words="晴")]
    assert reappearing([listed], rows, {0: None}) == again
    assert reappearing([listed], [*rows[:2], replace(rows[2], held=True)], {0: None}) == again


def test_the_words_of_an_entry_that_is_listed_beside_it_are_no_witness():
    listed = [item("g1", number=0, words="晴"), item("g2", number=1, instant=LATER, words="晴")]
    assert reappearing(listed, [row(words="晴")], {0: 1, 1: None}) == {}


def test_it_is_told_whether_more_than_a_title_alone_says_so():
    assert reappearing([item()], [row()], {0: None}) == {0: True}
    assert reappearing([item(instant=LATER)], [row()], {0: None}) == {0: False}


def test_what_is_held_back_takes_no_title_its_rank():
    """A title is unique if one row that is not held back has it; held ones alone make none known."""
    held = [row(number, f"h{number}", instant="", held=True) for number in (2, 3)]
    assert reappearing([item(instant=LATER)], [row(), *held], {0: None}) == {0: False}
    assert reappearing([item(instant=LATER)], held, {0: None}) == {}


# -- which say a known code


@pytest.mark.parametrize(
    ("listed", "rows", "known"),
    [
        (item(code="NW1"), [row(code="NW1", story=7)], {0}),
        (item(code="NW1"), [row(code="NW1", story=7), row(2, "g9", code="NW1", story=7)], {0}),
        (item(code="NW1"), [row(code="NW1", story=7), row(2, "g9", code="NW1", story=8)], set()),  # joins nothing
        (item(code="NW1"), [row(code="NW1")], set()),
        (item(code="NW2"), [row(code="NW1", story=7)], set()),
        (item(), [row(story=7)], set()),
    ],
)
def test_a_new_item_with_the_infocode_of_one_story_is_no_news_r16(listed, rows, known):
    assert recoded([listed], rows, {0: None}) == known
    assert recoded([listed], rows, {0: 1}) == set()


def test_an_item_beside_the_entry_with_its_infocode_is_new():
    listed = [item("g1", code="NW1", number=0), item(code="NW1", number=1)]
    assert recoded(listed, [row(code="NW1", story=7)], {0: 1, 1: None}) == set()


# -- when they are held


@pytest.mark.parametrize(
    ("recognised", "again", "fresh", "held", "holds"),
    [
        (4, 6, 0, False, True),  # more than half of ten
        (5, 5, 0, False, False),  # half
        (0, 10, 0, False, True),
        (0, 9, 90, False, False),  # nine say nothing, whatever is new
        (3, 6, 0, False, False),
        (0, 10, 90, False, False),  # most of what is known, and little of the document
        (0, 11, 9, False, True),
        (0, 11, 11, False, False),
        (100, 1, 0, True, True),  # held already: one is enough
        (100, 0, 5, True, False),
    ],
)
def test_they_are_held_when_over_half_of_a_document_reappears_r16(recognised, again, fresh, held, holds):
    total = recognised + again + fresh
    found = {number: number if number < recognised else None for number in range(total)}
    back = dict.fromkeys(range(recognised, recognised + again), True)
    assert to_hold(found, back, held=held) == (frozenset(back) if holds else frozenset())


def test_while_held_a_title_alone_holds_nothing_r16():
    """Unless most of the document comes again."""
    found = dict.fromkeys(range(20))
    assert to_hold(found, {0: False, 1: True}, held=True) == {1}
    assert to_hold(found, dict.fromkeys(range(11), False), held=True) == set(range(11))


# -- how it changed


def pairs(number, changed, **fields):
    """A document of so many known items, of which so many changed something."""
    rows = [row(place, f"g{place}", f"t{place}") for place in range(1, number + 1)]
    said = [
        Item(**{"number": place, "own_id": f"g{place + 1}", "title": f"t{place + 1}", "instant": NOON} | more)
        for place in range(number)
        for more in [{key: f"{value}{place}" for key, value in fields.items()} if place < changed else {}]
    ]
    return said, rows, {place: place + 1 for place in range(number)}


@pytest.mark.parametrize(
    ("number", "changed", "fields", "said"),
    [
        (20, 11, {"own_id": "new"}, "11 entries came under new ids; they stay the stories they were"),
        (20, 10, {"own_id": "new"}, ""),
        (9, 9, {"own_id": "new"}, ""),
        (10, 6, {"instant": "2022-01-08"}, "6 entries changed their dates; the first ones count"),  # R18
        (10, 5, {"instant": "2022-01-08"}, ""),
        (12, 12, {"title": "新"}, ""),  # edits
    ],
)
def test_known_entries_under_new_ids_or_dates_are_a_change_of_shape(number, changed, fields, said):
    assert compare(*pairs(number, changed, **fields), before=number) == said


def test_an_id_or_a_date_where_none_was_is_no_change():
    """An entry that was read back from our own feeds knows neither."""
    items, rows, found = pairs(12, 0)
    bare = [Item(number=one.number, title=one.title) for one in rows]
    assert compare(items, bare, found, before=12) == ""


@pytest.mark.parametrize(
    ("listed", "before", "said"),
    [
        (2, 20, "lists 2 entries, 20 before; nothing is taken out"),
        (1, 10, "lists 1 entry, 10 before; nothing is taken out"),
        (0, 3, "lists no entries, 3 before; nothing is taken out"),
        (10, 20, ""),
        (1, 9, ""),
        (0, 0, ""),
        (40, 20, ""),
    ],
)
def test_a_document_that_shrank_is_told_r15(listed, before, said):
    items, rows, found = pairs(listed, 0)
    assert compare(items, rows, found, before=before) == said


def test_all_changes_are_told_at_once():
    said = compare(*pairs(11, 11, own_id="new", instant="2022-01-08"), before=30)
    assert said.count(";") == 5
    assert said.startswith("lists 11 entries, 30 before")
