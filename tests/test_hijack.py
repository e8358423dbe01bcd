"""An upstream that claims what is another's: an infoCode, an address, an id, a tag, a withdrawal (RELIABILITY 2, IDENTITY C).

Each claim is made through the whole river, and in both orders of arrival.  docs/identity.md says what these pin.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from commands import as_json
from loopback import http, loopback
from river import HOUR, SHARE, TAG, N, Site, atom, item
from world import Said, World, world

DAY = "2022-01-07T14:39:30Z"
BAIT = '<link rel="enclosure" href="https://h.example/evil.mp3" type="audio/mpeg" length="9"/>'
OURS = '<link rel="enclosure" href="https://a.example/ferry.mp3" type="audio/mpeg" length="7"/>'
TRUE_LINK = f"https://a.example/1?infoCode=NW{N}"
CLAIMS = {
    "code": {"own_id": "https://h.example/?p=666", "link": f"https://h.example/x?infoCode=nw{N}"},
    "address": {"own_id": "https://h.example/?p=666", "link": f"http://www.a.example/1/?infoCode=NW{N}&utm_source=h"},
    "id": {"own_id": "https://a.example/?p=1", "link": "https://h.example/x"},  # with the same date
    "our id": {"own_id": f"tag:{TAG}:code/NW{N}", "link": "https://h.example/x"},  # with the same date
}
# A post has no id of its own; ours is out under it only after a build.
CASES = [("code", "post"), ("code", "upstream"), ("address", "post"), ("address", "upstream"), ("id", "upstream")]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def true(site: Site, kind: str) -> None:
    """The better-placed source says its article."""
    if kind == "post":
        site.post(
            "posts/2022-01-07-ferry.md",
            title="渡轮加班",
            category="a",
            link=TRUE_LINK,
            text="真的正文。",
        )
    else:
        site.feed("a", item("https://a.example/?p=1", title="渡轮加班", link=TRUE_LINK, text="真的正文。", more=OURS))


def false(site: Site, claim: str, **more: str) -> None:
    """The worse-placed source claims it, with longer words and bait of its own."""
    said = {"title": "冒名", "text": "冒名的正文。" * 200, "more": BAIT, **CLAIMS[claim], **more}
    site.feed("h", item(said.pop("own_id"), **said))


def shown(site: Site) -> dict[str, object]:
    """What a reader sees of the one story, but for what others may add."""
    (story,) = site.stories()
    return {
        name: getattr(story, name)
        for name in ("title", "link", "published", "content", "summary", "authors", "enclosures", "language")
    }


# -- what a claim takes: nothing


@pytest.mark.parametrize(("claim", "kind"), [*CASES, ("our id", "post")])
def test_a_claim_on_what_is_out_takes_neither_words_nor_id(site, claim, kind):
    """Nor title, link, date or enclosures; its own words come out nowhere, and `updated` does not move."""
    for name in "ah":
        site.feed(name)
    true(site, kind)
    site.build()
    (before,), words = site.stories(), shown(site)
    false(site, claim)
    report = site.build()
    (after,) = site.stories()
    assert (after.id, after.updated, shown(site)) == (before.id, before.updated, words)
    assert (report.stories.added, report.stories.updated) == (0, 0)
    assert not [path for path, body in site.files().items() if "冒名的正文".encode() in body]
    assert not [path for path, body in site.files().items() if b"evil.mp3" in body]


@pytest.mark.parametrize(("claim", "kind"), CASES)
def test_a_claim_that_came_first_gives_way_and_only_the_id_stays(site, claim, kind):
    """What replaces published text: a better-placed source. Once, and the id that is out stays (IDENTITY 17, 19)."""
    for name in "ah":
        site.feed(name)
    false(site, claim)
    site.build()
    (before,) = site.stories()
    assert before.title == "冒名"
    true(site, kind)
    site.build()
    (after,) = site.stories()
    assert (after.title, after.link, after.id) == ("渡轮加班", TRUE_LINK, before.id)
    assert after.updated > before.updated
    words = shown(site)
    for text in ("又一版", "再一版" * 500):  # from now on it can say what it likes
        false(site, claim, text=text, title="又冒名", published=DAY if claim == "id" else "2022-01-08T00:00:00Z")
        site.build(later=2 * HOUR)
        assert shown(site) == words
        assert [(story.id, story.updated) for story in site.stories()] == [(after.id, after.updated)]


@pytest.mark.parametrize("claim", ["code", "address"])
def test_when_the_claim_is_dropped_the_id_stays_with_the_words_that_are_out(site, claim):
    """The id was the claimant's once: it belongs to the entry whose words went out under it last (IDENTITY 17)."""
    for name in "ah":
        site.feed(name)
    false(site, claim)
    site.build()
    (first,) = site.stories()
    true(site, "upstream")
    site.build()
    site.feed("h", item(CLAIMS[claim]["own_id"], title="冒名", link="https://h.example/elsewhere"))
    site.build(later=2 * HOUR)
    ids = site.ids()
    assert ids["渡轮加班"] == first.id
    assert ids["冒名"] not in ("", first.id)
    site.build()
    assert site.ids() == ids


@pytest.mark.parametrize("claim", ["code", "address"])
def test_a_claim_between_two_published_stories_makes_an_alias_of_the_claimants_id(site, claim):
    """Both were out: the id whose words win leads; given up, each has its own again."""
    for name in "ah":
        site.feed(name)
    true(site, "upstream")
    site.feed("h", item("https://h.example/?p=666", title="冒名", link="https://h.example/elsewhere"))
    site.build()
    before = site.ids()
    false(site, claim)
    site.build(later=2 * HOUR)
    assert site.ids() == {"渡轮加班": before["渡轮加班"]}
    site.feed("h", item("https://h.example/?p=666", title="冒名", link="https://h.example/elsewhere"))
    site.build(later=2 * HOUR)
    assert site.ids() == before


# -- what a claim may add


@pytest.mark.parametrize("order", ["ah", "ha"])
def test_a_copy_adds_the_categories_of_its_subscription_and_a_link_to_itself(site, order):
    """Not those that it states, unless settings say `own_categories`."""
    for name in "ah":
        site.feed(name)
    for name in order:
        if name == "a":
            true(site, "upstream")
        else:
            false(site, "code", more='<category term="guangzhouribao"/>')
        site.build()
    (story,) = site.stories()
    assert [category.key for category in story.categories] == ["a", "h"]
    assert story.related == (CLAIMS["code"]["link"],)
    assert site.stories("guangzhouribao") == ()


@pytest.mark.parametrize("order", ["ah", "ha"])
def test_a_copy_fills_summary_and_authors_only_where_the_winner_has_none(site, order):
    """IDENTITY 13: what is missing comes from the next."""
    mine = "<summary>真的摘要</summary><author><name>记者甲</name></author>"
    theirs = "<summary>冒名摘要</summary><author><name>冒名者</name></author>"
    for more, summary, author in ((mine, "真的摘要", "记者甲"), ("", "冒名摘要", "冒名者")):
        said = {
            "a": item("https://a.example/?p=1", title="渡轮加班", link=TRUE_LINK, more=more),
            "h": item("https://h.example/?p=666", title="冒名", link=f"{SHARE}{N}", more=theirs),
        }
        for name in order:
            site.feed(name, said[name])
            site.upstreams = ["a", "h"]
            site.build(later=2 * HOUR)
        (story,) = site.stories()
        assert (story.title, story.summary, story.authors[0].name) == ("渡轮加班", summary, author)


# -- completeness never beats the order of sources, and counts inside one


@pytest.mark.parametrize("order", list(permutations("ahx")), ids="".join)
def test_however_much_a_worse_source_pads_it_wins_nothing(site, order):
    for name in "ahx":
        site.feed(name)
    said = {
        "a": item("urn:a:1", title="真的", link=TRUE_LINK, text="短。"),
        "h": item("urn:h:1", title="垫长的", link=TRUE_LINK, text="垫。" * 5000),
        "x": item("urn:x:1", title="更早的", link=TRUE_LINK, published="2021-01-01T00:00:00Z", text="早。" * 9999),
    }
    for name in order:
        site.feed(name, said[name])
        site.build()
    assert site.titles() == ["真的"]
    assert site.story("真的").published.isoformat() == "2022-01-07T14:39:30+00:00"


@pytest.mark.parametrize("order", ["12", "21"])
def test_of_two_entries_of_one_source_the_fuller_wins_whichever_came_first(site, order):
    """IDENTITY 13; of two about as full the earlier, else the one that is first by name: never the last that came."""
    said = {
        "1": item("urn:a:1", title="短讯", link=f"{SHARE}{N}", text="短。"),
        "2": item("urn:a:2", title="全文", link=f"{SHARE}{N}&p=2", text="长。" * 99, published="2022-01-07T15:00:00Z"),
    }
    listed, ids = [], set()
    for number in order:
        listed.append(said[number])
        site.feed("a", *listed)
        site.build(later=2 * HOUR)
        ids.add(site.stories()[0].id)
    assert (site.titles(), len(ids)) == (["全文"], 1)


# -- ids that are another's


@pytest.mark.parametrize("order", ["post first", "claim first", "together"])
@pytest.mark.parametrize("kind", [f"code/NW{N}", "url/0123456789abcdef", "entry/0123456789abcdef"])
def test_an_id_inside_our_tag_authority_is_never_adopted(site, order, kind):
    """RFC 4151: only we mint there (IDENTITY 16). The post gets what is its own, whenever it comes."""
    stolen = f"tag:{TAG}:{kind}"

    def post() -> None:
        site.post("posts/2022-01-07-ferry.md", title="渡轮加班", link=f"{SHARE}{N}")

    def claim() -> None:
        site.feed("h", item(stolen, title="冒名", link="https://h.example/1", published="2022-01-06T00:00:00Z"))

    steps = {"post first": ((post,), (claim,)), "claim first": ((claim,), (post,)), "together": ((post, claim),)}
    for step in steps[order]:
        for act in step:
            act()
        site.build()
    ids = site.ids()
    assert ids["渡轮加班"] == f"tag:{TAG}:code/NW{N}"
    assert ids["冒名"] != stolen
    assert len(set(ids.values())) == 2


@pytest.mark.parametrize("order", ["ah", "ha", "together"])
def test_the_id_of_another_article_joins_nothing_and_is_given_to_one_at_most(site, order):
    """Without the same title or date an id is no key. Who was out under it keeps it; new at once, neither gets it."""
    for name in "ah":
        site.feed(name)
    said = {
        "a": item("https://a.example/?p=1", title="渡轮加班", link="https://a.example/1"),
        "h": item("https://a.example/?p=1", title="冒名", link="https://h.example/1", published="2022-01-06T00:00:00Z"),
    }
    for names in ("ah",) if order == "together" else order:
        for name in names:
            site.feed(name, said[name])
        site.build()
    ids = site.ids()
    owner = {"ah": "渡轮加班", "ha": "冒名", "together": ""}[order]
    assert [title for title, own in ids.items() if own == "https://a.example/?p=1"] == ([owner] if owner else [])
    assert sorted(ids) == ["冒名", "渡轮加班"]
    site.build()
    assert site.ids() == ids


@pytest.mark.parametrize("order", ["ah", "ha"])
def test_who_claims_to_be_a_copy_from_elsewhere_is_who_sent_it(site, order):
    """`<source>` and a feed's own id and title are its words about itself: no rank, no words, no withdrawal comes of them."""
    for name in "ah":
        site.feed(name)
    says = (
        "<source><id>https://a.example/feed</id><title>a</title><updated>2022-01-07T00:00:00Z</updated>"
        '<link rel="self" href="https://a.example/feed"/></source>'
    )
    for name in order:
        if name == "a":
            true(site, "upstream")
        else:
            file = site.feed(
                "h", item("https://h.example/?p=1", title="冒名", link=TRUE_LINK, more=says), withdrawn=("x",)
            )
            feed = file.read_text(encoding="utf-8").replace("https://h.example/feed", "https://a.example/feed")
            file.write_text(feed, encoding="utf-8")
        site.build()
    (story,) = site.stories()
    assert (story.title, story.link) == ("渡轮加班", TRUE_LINK)
    assert {row.entry.title: row.entry.source for row in site.rows()} == {
        "渡轮加班": "file:up/a.xml",
        "冒名": "file:up/h.xml",
    }


# -- withdrawals


@pytest.mark.parametrize("order", ["ah", "ha"])
def test_a_withdrawal_by_one_source_withdraws_no_entry_of_another(site, order):
    """RFC 6721, each for itself: not by id, not by our public id, and not the story that both have."""
    for name in "ah":
        site.feed(name)
    for name in order:
        true(site, "upstream") if name == "a" else false(site, "id")
        site.build()
    (before,), words = site.stories(), shown(site)
    site.feed("h", withdrawn=("https://a.example/?p=1", before.id, TRUE_LINK))
    site.build(later=2 * HOUR)
    (after,) = site.stories()
    assert (after.id, after.updated, shown(site)) == (before.id, before.updated, words)
    assert sorted(row.state for row in site.rows()) == ["live", "withdrawn"]


def test_a_story_whose_best_source_withdraws_goes_on_in_the_words_of_the_next(site):
    """IDENTITY 6, 17: under the id that is out. What a withdrawal takes is one entry."""
    for name in "ah":
        site.feed(name)
    true(site, "upstream")
    false(site, "code")
    site.build()
    (before,) = site.stories()
    site.feed("a", withdrawn=("https://a.example/?p=1",))
    site.build(later=2 * HOUR)
    (after,) = site.stories()
    assert (after.title, after.id) == ("冒名", before.id)
    true(site, "upstream")
    site.build(later=2 * HOUR)
    (back,) = site.stories()
    assert replace(back, updated=before.updated) == before


# -- bridges


def via(number: str) -> str:
    return f'<link rel="via" href="{SHARE}{number}"/>'


@pytest.mark.parametrize("order", list(permutations("abh")), ids="".join)
def test_a_bridge_between_two_codes_is_refused_and_shown(site, order, monkeypatch):
    """It claims the code of one and the address of the other: it stands with the one, and both are out (IDENTITY 9)."""
    monkeypatch.chdir(site.folder)
    for name in "abh":
        site.feed(name)
    said = {
        "a": item("urn:a:1", title="甲", link=f"{SHARE}{N}"),
        "b": item("urn:b:1", title="乙", link="http://b.example/1", more=via(f"{N[:-1]}1")),
        "h": item("urn:h:1", title="桥", link="http://b.example/1", more=via(N)),
    }
    for name in order:
        site.feed(name, said[name])
        report = site.build()
    assert sorted(site.titles()) == ["乙", "甲"]
    assert report.stories.conflicts == 1
    for what in ("urn:b:1", "urn:h:1"):
        (story,) = as_json("explain", what)["stories"]
        assert [one["key"] for one in story["conflicts"]] == ["url:b.example/1"]
        assert story["conflicts"][0]["why"].startswith("two infoCodes")


@pytest.mark.parametrize("order", list(permutations("abh")), ids="".join)
def test_a_bridge_between_two_sources_joins_them_and_is_reported(site, order, monkeypatch):
    """Equal keys merge, also through a third (DESIGN 3.4); what then speaks against it is told, and settings undo it (E5)."""
    monkeypatch.chdir(site.folder)
    for name in "abh":
        site.feed(name)
    said = {
        "a": item("urn:a:1", title="渡轮今晚加班", link=f"{SHARE}{N}"),
        "b": item("urn:b:1", title="图书馆周末开放", link="http://b.example/1"),
        "h": item("urn:h:1", title="桥", link="http://b.example/1", more=via(N)),
    }
    for name in order:
        site.feed(name, said[name])
        site.build()
    assert site.titles() == ["渡轮今晚加班"]
    told = [one["message"] for one in as_json("check", code=1)["findings"] if one["level"] == "note"]
    assert any("图书馆周末开放" in one and "titles share almost nothing" in one for one in told)
    site.extra = f"identity: {{ignore: ['code:NW{N}']}}\n"
    site.build()
    assert sorted(site.titles()) == ["图书馆周末开放", "渡轮今晚加班"]


# -- a feed that moves to another's address


class TwoUpstreams(Site):
    """A site with two upstreams on one loopback server, the honest one first."""

    port = 0

    def settings(self):
        """With both."""
        lines = "".join(f"  - {{url: 'http://127.0.0.1:{self.port}/{name}', category: {name}}}\n" for name in "ah")
        self.extra = f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams:\n{lines}"
        return super().settings()


@pytest.mark.parametrize("order", ["ah", "ha"])
def test_a_feed_that_moves_to_anothers_address_says_what_that_one_says_and_wins_nothing(tmp_path, order):
    """R21: followed at once, believed after a week. Its subscription keeps its place: behind."""
    honest = atom(
        item("https://a.example/?p=1", title="渡轮加班", link=TRUE_LINK), item(title="无号", link="https://a.example/2")
    )
    other = atom(item("https://h.example/?p=1", title="别的", link="https://h.example/1"))
    moved = http(b"", "301 Moved Permanently", Location="/a")
    site = TwoUpstreams(tmp_path)
    with loopback({"/a": http(honest), "/h": http(other)}) as server:
        site.port = server.port
        if order == "ha":
            server.answers["/a"] = http(atom())
        site.build()
        server.answers |= {"/h": moved}
        site.build(later=timedelta(days=1))
        server.answers |= {"/a": http(honest)}
        for _ in range(9):
            site.build(later=timedelta(days=1))
            ids = site.ids()
    assert site.ids() == ids
    assert ids["渡轮加班"] == "https://a.example/?p=1"
    assert ids["别的"] == "https://h.example/?p=1"
    assert len(site.stories()) == len(ids) == 3
    assert {category.key for category in site.story("渡轮加班").categories} == {"a", "h"}
    with site.store() as store:
        winner = store.stories.newest("a", 1)[0].winner
        assert store.entries.get(winner).entry.source.endswith("/a")


# -- hubs: what it costs to claim the keys of many

CODE = "NW202201070001"
MANY = 3000
BOUND = 6  # seconds of work; the square of it took minutes
HUBS = {
    "one code": lambda n: Said(code=CODE, title="t", instant=n),
    "one address": lambda n: Said(keys=("url:x/0",), title="t", instant=n),
    "one id": lambda n: Said(keys=("id:urn:xx:1|t:1",), title="t", instant=n),
    "a code and an address of everybody": lambda n: Said(
        code=f"NW{n:012}", keys=(f"url:x/{n + 1}",), title=f"t{n}", instant=n
    ),
}


def hub(kind: str, size: int) -> tuple[float, float, World]:
    """Seconds of work to settle so many claims on what a post and another upstream hold, and to settle one more."""
    with world() as made:
        with made.store.database.transaction():
            made.put((0, "post"), Said(code=CODE, keys=("url:x/0",), title="t"))
            for number in range(size):
                if kind.endswith("everybody"):
                    made.put(
                        (1, f"n{number}"), Said(code=f"NW{number:012}", keys=(f"url:x/{number}",), title=f"t{number}")
                    )
                made.put((2, f"n{number}"), HUBS[kind](number))
        first = spent(made)
        made.put((2, "one more"), HUBS[kind](size))
        again = spent(made)
        place = made.store.stories.place(made.store.entries.named(1, "post").uid)
        assert place.winner == made.store.entries.named(1, "post").uid
    return first, again, made


def spent(made: World) -> float:
    start = time.process_time()
    made.settle()
    return time.process_time() - start


@pytest.mark.parametrize("kind", HUBS)
def test_thousands_of_claims_cost_bounded_time(kind):
    """IDENTITY 12. The post wins all the same."""
    first, again, _ = hub(kind, MANY)
    assert max(first, again) < BOUND
