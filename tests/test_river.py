"""A whole run: the promises of the river, each judged by what stands in feeds/."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

import judge
from coranto.build import build
from river import HOUR, Site, item

K1_LONG = "https://finance.eastmoney.com/news/1353,202201072239307540.html"
K1_SHORT = "http://news.example/html_News/NewsShare.html?infoCode=NW202201072239307540"


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    site.posts = ["posts"]
    site.post(
        "posts/2022-01-07-202201072239307540.md", title="渡轮加班", category="emnews", link=K1_LONG, text="长文。" * 30
    )
    site.post(
        "posts/2022-01-07-NW202201072239307540.md",
        title="渡轮加班",
        category="guangzhouribao",
        link=K1_SHORT,
        text="短文。",
    )
    site.post(
        "posts/2022-01-06-library.md", title="图书馆开放", date="2022-01-06 09:00:00 +0800", category="guangzhouribao"
    )
    return site


def mtimes(site):
    root = site.folder / "feeds"
    return {path: (root / path).stat().st_mtime_ns for path in site.files()}


def changed(before, after):
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_the_pair_k1_is_one_story_in_the_feeds_of_both_categories(site):
    report = site.build()
    assert (report.stories.total, report.stories.merged) == (2, 1)
    assert site.titles("emnews") == ["渡轮加班"]
    assert site.titles("guangzhouribao") == ["渡轮加班", "图书馆开放"]
    story = site.story("渡轮加班")
    assert story.id == "tag:news.example,2021:code/NW202201072239307540"
    assert story.link == K1_LONG
    assert story.related == (K1_SHORT,)


def test_every_written_feed_is_valid(site):
    site.feed("harbour", "")
    site.build()
    for path, body in site.files().items():
        if path.endswith((".xml", ".json")) and path != "opml.xml":
            assert judge.findings(body, f"https://news.example/{path}") == []


def test_a_second_run_writes_nothing(site):
    site.build()
    before, times = site.files(), mtimes(site)
    report = site.build()
    assert (report.feeds.written, report.posts.read, report.feeds.unchanged) == ([], 0, len(before))
    assert (site.files(), mtimes(site)) == (before, times)


def test_the_same_input_gives_the_same_bytes_from_nothing(site):
    site.build()
    before = site.files()
    shutil.rmtree(site.folder / "feeds")
    site.lose_state()
    site.build()
    assert site.files() == before


def test_an_edit_rewrites_only_the_files_that_show_it_and_moves_updated(site):
    site.build()
    before = site.files()
    site.post(
        "posts/2022-01-06-library.md",
        title="图书馆开放",
        date="2022-01-06 09:00:00 +0800",
        category="guangzhouribao",
        text="改了。",
    )
    old = site.story("图书馆开放")
    report = site.build()
    new = site.story("图书馆开放")
    assert {path.split("/")[0] for path in changed(before, site.files())} <= {
        "all",
        "guangzhouribao",
        "index.html",
        "opml.xml",
    }
    assert "guangzhouribao/atom.xml" in report.feeds.written
    assert (new.id, new.published) == (old.id, old.published)
    assert new.updated == site.now > old.updated


@pytest.mark.parametrize(
    "change",
    [
        {"tail": "[返回东财滚动新闻](//finews.example.org/emnews/)｜[返回首页](//finews.example.org/)\n"},
        {"newline": "\r\n"},
        {"date": "2022-01-06 09:00:00"},
        {"date": "2022-01-06T01:00:00Z"},
    ],
    ids=["footer", "line ends (K7)", "naive date (K4)", "zone notation"],
)
def test_what_does_not_show_changes_nothing(site, change):
    site.build()
    before, times = site.files(), mtimes(site)
    said = {"title": "图书馆开放", "date": "2022-01-06 09:00:00 +0800", "category": "guangzhouribao"}
    site.post("posts/2022-01-06-library.md", **{**said, **change})
    report = site.build()
    assert (report.posts.read, report.feeds.written) == (1, [])
    assert (site.files(), mtimes(site)) == (before, times)


def test_a_deleted_post_leaves_and_comes_back_as_the_same(site):
    site.build()
    before = site.files()
    file = site.folder / "posts/2022-01-06-library.md"
    body = file.read_bytes()
    file.unlink()
    site.build()
    assert "图书馆开放" not in site.titles()
    file.write_bytes(body)
    site.build()
    assert site.files() == before


def test_a_post_that_turns_bad_keeps_its_last_good_version_r7(site):
    site.build()
    before = site.files()
    file = site.folder / "posts/2022-01-06-library.md"
    file.write_bytes(file.read_bytes()[:30])
    for _ in range(2):
        report = site.build()
        assert [failure.where for failure in report.posts.failed] == [str(file)]
        assert site.files() == before


def test_a_broken_post_is_named_and_stops_nothing_k2(site):
    site.post("posts/-202205262391921712.md", title="", date=" +0800")
    report = site.build()
    (failure,) = report.posts.failed
    assert failure.where.endswith("posts/-202205262391921712.md")
    assert failure.line == 3
    assert len(site.titles()) == 2


def test_a_post_of_the_future_waits_for_its_date(site):
    site.post("posts/2022-01-09-tomorrow.md", title="明天", date="2022-01-09 12:00:00 +0800")
    site.build()
    assert "明天" not in site.titles()
    site.build(later=timedelta(days=2))
    assert site.titles()[0] == "明天"


def test_an_unpublished_post_leaves(site):
    site.build()
    site.post("posts/2022-01-06-library.md", title="图书馆开放", matter="published: false")
    site.build()
    assert site.titles() == ["渡轮加班"]


def test_half_of_many_posts_vanishing_is_held_and_reported(site):
    for number in range(10):
        site.post(f"posts/2022-01-05-{number}.md", title=f"第{number}条", date=f"2022-01-05 09:00:0{number} +0800")
    site.build()
    before = site.files()
    for number in range(8):
        (site.folder / f"posts/2022-01-05-{number}.md").unlink()
    report = site.build()
    assert "vanished at once" in report.posts.failed[0].error
    assert site.files() == before
    site.build(accept_deleted=True)
    assert len(site.titles()) == 4


def test_a_folder_that_is_gone_empties_no_feed(site):
    site.build()
    before = site.files()
    (site.folder / "posts").rename(site.folder / "elsewhere")
    report = site.build()
    assert report.posts.failed
    assert site.files() == before
    site.lose_state()
    site.build()
    assert site.files() == before


def test_posts_that_move_to_the_archive_keep_their_ids(site):
    site.posts = ["_posts", "old_post"]
    for number in range(12):
        site.post(
            f"_posts/2022-01-05-{number}.md",
            title=f"第{number}条",
            date=f"2022-01-05 09:00:{number:02} +0800",
            link=f"https://paper.example/{number}",
        )
    (site.folder / "old_post").mkdir()
    site.build()
    before = site.files()
    for number in range(8):
        name = f"2022-01-05-{number}.md"
        (site.folder / "_posts" / name).rename(site.folder / "old_post" / name)
    report = site.build()
    assert report.posts.failed == []
    assert site.files() == before


def test_a_renamed_post_stays_the_same_story(site):
    site.build()
    before = site.ids()
    (site.folder / "posts/2022-01-06-library.md").rename(site.folder / "posts/2022-01-06-books.md")
    site.build()
    assert site.ids() == before


def test_files_of_ours_are_mended_and_others_left_alone(site):
    site.build()
    before = site.files()
    root = site.folder / "feeds"
    (root / "emnews/atom.xml").unlink()
    (root / "all/rss.xml").write_text("half")
    (root / "robots.txt").write_text("mine")
    report = site.build()
    assert sorted(report.feeds.written) == ["all/rss.xml", "emnews/atom.xml"]
    assert site.files() == {**before, "robots.txt": b"mine"}


def test_an_emptied_category_is_removed_and_listed_but_not_what_others_put_there(site):
    site.build()
    (site.folder / "feeds/guangzhouribao/note.txt").write_text("mine")
    for name in ("2022-01-06-library.md", "2022-01-07-NW202201072239307540.md"):
        (site.folder / "posts" / name).unlink()
    report = site.build()
    assert report.feeds.removed == [
        f"guangzhouribao/{name}" for name in ("atom.xml", "feed.json", "index.html", "rss.xml")
    ]
    assert [file.name for file in (site.folder / "feeds/guangzhouribao").iterdir()] == ["note.txt"]


def test_the_window_holds_a_number_and_an_age_and_never_more_than_the_most(site):
    site.extra = "feeds: {entries: 2, max_age: 1d, max_entries: 4}\n"
    for hour in range(10):
        site.post(
            f"posts/2022-01-07-{hour}.md", title=f"{hour}点", date=f"2022-01-07 {hour:02}:00:00 +0800", category="busy"
        )
    for day in range(1, 6):
        site.post(
            f"posts/2022-01-0{day}-quiet.md", title=f"{day}日", date=f"2022-01-0{day} 08:00:00 +0800", category="quiet"
        )
    site.build()
    assert len(site.titles("busy")) == 4
    assert site.titles("quiet") == ["5日", "4日"]


def test_settings_choose_which_categories_have_a_feed(site):
    site.extra = "feeds: {only: ['guang*'], min_stories: 2}\n"
    site.build()
    assert {path.split("/")[0] for path in site.files()} == {
        *("all", "assets", "guangzhouribao"),
        *("index.html", "opml.xml"),
    }
    site.extra = "feeds: {min_stories: 3}\n"
    report = site.build()
    assert "guangzhouribao/atom.xml" in report.feeds.removed


def test_an_alias_becomes_part_of_its_category_and_its_old_folder_goes_on(site):
    site.post("posts/2022-01-05-near.md", title="近名", category="GZRB")
    site.build()
    assert site.titles("gzrb") == ["近名"]
    site.extra = "categories: {guangzhouribao: {title: 广州日报, aliases: [GZRB]}}\n"
    site.build()
    assert site.titles("gzrb") == site.titles("guangzhouribao")
    assert "近名" in site.titles("guangzhouribao")


def test_a_category_is_called_what_most_of_its_posts_call_it(site):
    site.posts = ['posts\n    category_title: "{}新闻"']
    for number, tag in enumerate(["海西晨报新闻", "广州日报新闻", "广州日报新闻"]):
        site.post(
            f"posts/2022-01-04-{number}.md",
            title=f"名{number}",
            category="guangzhouribao",
            matter=f"tags: {tag}",
            date=f"2022-01-04 08:00:0{number}",
        )
    site.build()
    assert '<title type="text">广州日报</title>'.encode() in site.files()["guangzhouribao/atom.xml"]


def test_formats_that_settings_no_longer_name_are_removed(site):
    site.build()
    site.extra = "feeds: {formats: [atom]}\n"
    report = site.build()
    assert "all/rss.xml" in report.feeds.removed
    assert not [path for path in site.files() if path.endswith(("rss.xml", "feed.json"))]


def test_packed_files_have_stable_bytes(site):
    site.extra = "feeds: {compress: true}\n"
    site.build()
    before = site.files()
    assert "all/atom.xml.gz" in before
    shutil.rmtree(site.folder / "feeds")
    site.lose_state()
    site.build()
    assert site.files() == before


def test_a_dry_run_writes_nothing_and_says_what_it_would(site):
    report = site.build(dry_run=True)
    assert "guangzhouribao/atom.xml" in report.feeds.written
    assert not (site.folder / "feeds").exists()
    assert not (site.folder / ".coranto").exists()


def test_a_word_of_drop_keeps_an_entry_out_and_comes_back_when_it_is_lifted(site):
    site.build()
    site.posts = ["posts\n    drop: [图书馆]"]
    site.build()
    assert site.titles() == ["渡轮加班"]
    site.posts = ["posts"]
    site.build()
    assert "图书馆开放" in site.titles()


def test_a_moved_domain_renames_nothing_and_updates_nothing(site):
    site.build()
    before = {story.id: story.updated for story in site.stories()}
    settings = site.settings()
    moved = replace(settings, site=replace(settings.site, url="https://feeds.example/"))
    build(moved, now=site.now + HOUR)
    assert {story.id: story.updated for story in site.stories()} == before
    assert b"https://feeds.example/all/atom.xml" in site.files()["all/atom.xml"]


def test_a_store_that_cannot_be_read_is_moved_aside_and_made_again_r9(site):
    site.build()
    before = site.files()
    store = site.folder / ".coranto/store.sqlite3"
    for left in store.parent.glob("store.sqlite3-*"):
        left.unlink()
    store.write_bytes(b"\0no database at all" * 100)
    report = site.build()
    assert (report.feeds.written, site.files()) == ([], before)
    assert len(list(store.parent.glob("*.unreadable-*"))) == 1


def test_a_folder_that_cannot_be_written_keeps_every_old_file_r3(site):
    site.build()
    before = site.files()
    root = site.folder / "feeds/guangzhouribao"
    site.post("posts/2022-01-07-new.md", title="新的", category="guangzhouribao")
    (root / ".atom.xml.new").mkdir()  # stands where the new bytes have to go: root may write anywhere
    report = site.build()
    assert report.feeds.failed
    assert {path: body for path, body in site.files().items() if path.startswith("guang")} == {
        path: body for path, body in before.items() if path.startswith("guang")
    }
    (root / ".atom.xml.new").rmdir()
    assert "guangzhouribao/atom.xml" in site.build().feeds.written


def test_a_damaged_store_is_set_aside_in_the_middle_of_a_run_r9(site):
    for number in range(40):
        site.post(
            f"posts/2022-01-04-{number}.md",
            title=f"第{number}条",
            date=f"2022-01-04 09:00:{number:02} +0800",
            text="长。" * 500,
        )
    site.build()
    before = site.files()
    store = site.folder / ".coranto/store.sqlite3"
    with site.store() as opened:
        opened.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    body = store.read_bytes()
    store.write_bytes(body[:8192] + b"\xff" * (len(body) - 8192))
    report = site.build()
    assert (report.feeds.written, site.files()) == ([], before)
    assert len(list(store.parent.glob("*.unreadable-*"))) == 1


def test_a_clock_that_steps_back_hides_nothing_that_is_out_r5(site):
    site.feed("paper", item("https://paper.example/1", title="无日期", published=""))
    site.build()
    site.upstream_lines["paper"] = "category: other"
    site.build(later=-2 * HOUR)
    assert site.titles("other") == ["无日期"]


def test_one_folder_that_cannot_be_written_stops_no_other(site):
    (site.folder / "feeds").mkdir()
    (site.folder / "feeds/emnews").write_text("in the way")
    report = site.build()
    assert [failure.error.split(":")[-1].strip() for failure in report.feeds.failed]
    assert {"guangzhouribao/atom.xml", "index.html", "opml.xml"} <= site.files().keys()
    (site.folder / "feeds/emnews").unlink()
    assert site.build().feeds.failed == []
    assert site.titles("emnews") == ["渡轮加班"]


def test_a_post_without_link_or_code_keeps_its_id_on_the_way_to_the_archive(site):
    site.posts = ["_posts", "old_post"]
    for name in ("a", "b"):  # the same to the byte
        site.post(f"_posts/2022-01-05-{name}.md", title="只有文字", date="2022-01-05 09:00:00 +0800")
    (site.folder / "old_post").mkdir()
    site.build()
    before = {story.id for story in site.stories()}
    assert len(before) == 2
    for name in ("a", "b"):
        (site.folder / f"_posts/2022-01-05-{name}.md").rename(site.folder / f"old_post/2022-01-05-{name}x.md")
    site.build()
    assert {story.id for story in site.stories()} == before


def test_the_same_folder_under_another_name_renames_nothing(site):
    site.build()
    before = site.ids()
    site.posts = [str(site.folder / "posts")]
    site.build()
    assert site.ids() == before


def test_files_in_a_new_output_folder_are_not_ours_to_remove(site):
    site.build()
    (site.folder / "site/emnews").mkdir(parents=True)
    (site.folder / "site/emnews/atom.xml").write_text("mine")
    (site.folder / "posts/2022-01-07-202201072239307540.md").unlink()
    site.extra = "feeds: {path: site}\n"
    report = site.build()
    assert (site.folder / "site/emnews/atom.xml").read_text() == "mine"
    assert report.feeds.removed == []


def test_hidden_files_of_others_are_not_swept(site):
    site.build()
    mine = site.folder / "feeds/emnews/.mine.new"
    mine.write_text("mine")
    site.post("posts/2022-01-07-new.md", title="新的", category="emnews")
    site.build()
    assert mine.read_text() == "mine"


def test_the_window_is_cut_by_the_ids_that_stories_have(site):
    """IDENTITY 14: published descending, then public id, in every feed alike."""
    same = [item("https://u.example/same", title=f"t{n}", link=f"https://u.example/{n}") for n in range(5)]
    site.feed("u", *same)
    site.extra = "feeds: {entries: 2, max_entries: 2}\n"
    for path in ("2022-01-07-202201072239307540.md", "2022-01-07-NW202201072239307540.md", "2022-01-06-library.md"):
        (site.folder / "posts" / path).unlink()
    site.post("posts/2021-01-01-old.md", title="旧", date="2021-01-01 08:00:00")
    site.build()
    assert site.titles("u") == site.titles()
    before = site.files()
    site.lose_state()
    site.build()
    assert site.files() == before


def test_a_folder_of_ours_without_a_category_is_removed_after_the_store_was_lost(site):
    site.post("posts/2022-01-05-b.md", title="独", category="bb")
    site.build()
    site.lose_state()
    (site.folder / "posts/2022-01-05-b.md").unlink()
    report = site.build()
    assert "bb/atom.xml" in report.feeds.removed


def test_an_alias_goes_on_after_the_store_was_lost(site):
    site.post("posts/2022-01-05-near.md", title="近名", category="GZRB")
    site.build()
    site.extra = "categories: {guangzhouribao: {aliases: [GZRB]}}\n"
    site.build()
    site.lose_state()
    site.build()
    site.post("posts/2022-01-05-more.md", title="再来", category="GZRB", date="2022-01-05 10:00:00")
    site.build()
    assert site.titles("gzrb") == site.titles("guangzhouribao")
    assert "再来" in site.titles("gzrb")


def test_our_own_pages_are_no_posts(site):
    site.posts = ["."]
    site.build()
    report = site.build()
    assert (report.posts.read, report.feeds.written, len(site.titles())) == (0, [], 2)


def test_for_a_post_that_breaks_before_it_was_out_its_copy_stands_in(site):
    """One bad post is skipped, the rest goes on (promise 5)."""
    path = "posts/2022-01-08-202201083333333333.md"
    link = "https://finance.eastmoney.com/news/1353,202201083333333333.html"
    site.post(path, title="将来", date="2022-01-09 12:00:00 +0800", link=link, text="长文。" * 50)
    site.post("posts/2022-01-08-NW202201083333333333.md", title="好的", date="2022-01-07 10:00:00 +0800", text="短。")
    site.build()
    assert "好的" in site.titles()
    whole = (site.folder / path).read_bytes()
    (site.folder / path).write_bytes(whole[:30])
    before = site.ids()["好的"]
    site.build(later=timedelta(days=2))
    assert site.ids()["好的"] == before
    (site.folder / path).write_bytes(whole)
    site.build()
    assert site.ids()["将来"] == before


def test_a_deleted_post_leaves_also_when_what_comes_next_is_broken(site):
    site.extra = "feeds: {entries: 1, max_age: 1h}\n"
    site.build()
    (site.folder / "posts/2022-01-06-library.md").write_text("---\n")
    site.build()
    for name in ("202201072239307540", "NW202201072239307540"):
        (site.folder / f"posts/2022-01-07-{name}.md").unlink()
    site.build()
    assert "渡轮加班" not in site.titles()


def test_the_window_is_cut_by_an_id_that_outlives_its_entry(site):
    site.extra = "feeds: {entries: 2, max_age: 1h}\n"
    numbers = ("202201072239307550", "202201072239307551")
    site.post("posts/2022-01-07-head.md", title="头条", date="2022-01-08 08:00:00 +0800")
    site.post(f"posts/2022-01-07-{numbers[0]}.md", title="四", date="2022-01-07 23:00:00 +0800")
    fuller = site.post(
        f"posts/a/2022-01-07-NW{numbers[0]}.md", title="三", date="2022-01-05 08:00:00 +0800", text="长。" * 99
    )
    site.build()
    fuller.unlink()
    site.feed(
        "c", item(title="丙", link=f"https://c.example/?infoCode=NW{numbers[1]}", published="2022-01-07T15:00:00Z")
    )
    site.build()
    before = site.files()
    shutil.rmtree(site.folder / "feeds")
    site.build(later=timedelta())
    assert site.files() == before
    assert site.titles() == ["头条", "四"]
