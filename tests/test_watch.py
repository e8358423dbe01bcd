"""Whether posts changed: seen soon, read once, never half written, and cheap."""

import pytest

from coranto.intake.watch import Watch
from river import Site, item


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    site.post("posts/2026-01-01-a.md")
    site.feed("a", item("urn:a:1"))
    return site


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watch(site, clock):
    return Watch(site.settings(), clock)


def look(watch, clock, seconds=1.0):
    clock.now += seconds
    changed = watch.changed()
    if changed:
        watch.taken()
    return changed


def test_nothing_changed_is_nothing_to_read(watch, clock):
    assert [look(watch, clock) for _ in range(3)] == [False] * 3


@pytest.mark.parametrize("what", ["new", "edited", "deleted", "upstream file"])
def test_a_change_is_seen_once_when_it_is_over(site, watch, clock, what):
    post = site.folder / "posts/2026-01-01-a.md"
    changes = {
        "new": lambda: site.post("posts/2026-01-02-b.md"),
        "edited": lambda: post.write_text(post.read_text(encoding="utf-8") + "x", encoding="utf-8"),
        "deleted": post.unlink,
        "upstream file": lambda: site.feed("a", item("urn:a:1"), item("urn:a:2")),
    }
    changes[what]()
    assert [look(watch, clock) for _ in range(4)] == [False, True, False, False]


def test_a_post_that_is_being_written_is_not_read_before_it_is_whole(site, watch, clock):
    """R7: an editor, or a slow copy."""
    for size in range(4):
        (site.folder / "posts/2026-01-02-b.md").write_text("---\n" + "x" * size, encoding="utf-8")
        assert not look(watch, clock)
    assert look(watch, clock)


def test_but_it_is_read_in_the_end_though_somebody_never_stops_writing(site, watch, clock):
    found = []
    for size in range(15):
        (site.folder / "posts/2026-01-02-b.md").write_text("---\n" + "x" * size, encoding="utf-8")
        found.append(look(watch, clock))
    assert sum(found) == 1


def test_a_folder_that_takes_long_to_list_is_looked_at_more_rarely(site, clock, monkeypatch):
    watch = Watch(site.settings(), clock)
    looks = []

    def slow(_self):
        looks.append(clock.now)
        clock.now += 0.5
        return b""

    monkeypatch.setattr(Watch, "_look", slow)
    while clock.now < 120:
        clock.now += 1
        watch.changed()
    assert len(looks) * 0.5 <= 120 / 20 + 1


def test_a_folder_that_goes_and_comes_back_is_a_change(site, watch, clock):
    (site.folder / "posts").rename(site.folder / "elsewhere")
    assert [look(watch, clock) for _ in range(3)] == [False, True, False]
    (site.folder / "elsewhere").rename(site.folder / "posts")
    assert [look(watch, clock) for _ in range(3)] == [False, True, False]


def test_what_could_not_be_read_is_still_to_be_read(site, watch, clock):
    """A store that is locked, just then: nothing is forgotten."""
    site.post("posts/2026-01-02-b.md")
    found = []
    for _ in range(4):
        clock.now += 1
        found.append(watch.changed())
    assert found == [False, True, True, True]
    watch.taken()
    assert not look(watch, clock)
