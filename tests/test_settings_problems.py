"""settings.yaml: what is refused, where it is said to stand, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.settings import Problem, SettingsError, load
from settings_text import DATA, SITE, compiled, judged, problem, problems


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    found = problems((DATA / "bad.yaml").read_bytes())
    assert found == (DATA / "bad.txt").read_text("utf-8").splitlines()


def test_a_problem_names_file_line_column_key_and_what_to_write() -> None:
    text = "upstreams:\n  - url: https://paper.example/rss.xml\n    every: soon\n"
    with pytest.raises(SettingsError) as caught:
        compiled(text)
    message = '"soon" is no duration; write 30s, 15m, 2h or 3d'
    expected = Problem(file=Path("settings.yaml"), line=4, column=12, key="upstreams[0].every", message=message)
    assert caught.value.problems == (expected,)
    assert str(expected) == f"settings.yaml:4:12: upstreams[0].every: {message}"


def test_a_column_counts_characters_not_bytes() -> None:
    assert problem("categories: {江城晚报: {titel: x}}\n").startswith("2:21: categories.江城晚报.titel: unknown key")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", '1:1: is empty; "coranto init" writes settings to start from'),
        (b"# only a comment\n", '1:1: is empty; "coranto init" writes settings to start from'),
        (b"- a\n", "1:1: must hold keys and values, such as a line `site:` with `title: …` indented below it"),
        (b"news", "1:1: must hold keys and values, such as a line `site:` with `title: …` indented below it"),
        (b"a: b\nc: \xb9\xe3\n", "2:4: is not UTF-8; save the file as UTF-8"),
        (b"a: b\r\nc: \x01\n", "2:4: a control character (U+0001) stands here; remove it"),
        (b"site:\n\ttitle: x\n", "2:1: a tab stands at the beginning of this line; indent with blanks"),
        (b"site:\n  a: 1\n\tb: 2\n", "3:1: a tab stands at the beginning of this line; indent with blanks"),
        (b"x: */5 * * * *\n", '1:5: a value that starts with "*" must stand in quotes'),
        (b"x: {}\xe6\x96\xb0\xe9\x97\xbb\n", '1:6: a value that starts with "{" must stand in quotes'),
        (b"x: @me\n", '1:4: a value that starts with "@" must stand in quotes'),
        (
            b"title: a: b\n",
            "1:9: a second colon in one line: put a value with a colon in quotes, or check the indentation",
        ),
        (b"a: " + b"[" * 100_000, "1:16: a[0]: is nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_one_problem_with_its_place(content, expected) -> None:
    assert problem(content) == expected


def test_an_unclosed_bracket_is_reported_with_yamls_own_words() -> None:
    assert problem(b"a: [1, 2\nb: 3\n").startswith("2:2: is not YAML: while parsing a flow sequence, ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keep: &a 3d\n", '2:7: keep: a value that starts with "&" must stand in quotes; YAML\'s own marks are'),
        ("keep: !!str 3d\n", '2:7: keep: a value that starts with "!" must stand in quotes; YAML\'s own marks are'),
        ("keep: *a\n", '2:7: keep: a value that starts with "*" must stand in quotes; references are not used'),
        ("keep: 3d\nkeep: 4d\n", "3:1: keep: is written twice; the first is in line 2"),
        ("---\nkeep: 3d\n", "2:1: a second document (---) starts here; settings are one"),
        ('fetch: {contact: "a\\u0001"}\n', '2:18: fetch.contact: "a\\u0001" has a control character'),
    ],
)
def test_what_yaml_can_do_and_settings_cannot_is_refused(text, expected) -> None:
    assert any(found.startswith(f"settings.yaml:{expected}") for found in problems(text))


def test_an_object_of_python_is_only_a_mark_that_is_refused(tmp_path) -> None:
    (found,) = (p for p in problems(f"keep: !!python/object/apply:os.mkdir [{tmp_path}/x]\n") if "marks" in p)
    assert found.startswith('settings.yaml:2:7: keep: a value that starts with "!"')
    assert not (tmp_path / "x").exists()


def test_references_that_would_multiply_the_document_do_not() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert len(problems("\n".join(lines))) < 400


def test_a_list_as_a_key_is_refused() -> None:
    assert "settings.yaml:2:3: a list, a mapping or a reference cannot be a key; write a name" in problems("? [a]\n: b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("upstream: []\n", '2:1: upstream: unknown key "upstream"; did you mean "upstreams"?'),
        ("Keep: 3d\n", '2:1: Keep: unknown key "Keep"; did you mean "keep"?'),
        ("threads: 3\n", '2:1: threads: unknown key "threads" here; it belongs under "fetch"'),
        ("schedule: {xyz: }\n", '2:12: schedule.xyz: unknown key "xyz"; known here: refresh'),
        (
            "identity: {info_code: [{querry: a}]}\n",
            '2:25: identity.info_code[0].querry: unknown key "querry"; did you mean "query"?',
        ),
    ],
)
def test_an_unknown_key_is_an_error_with_a_suggestion(text, expected) -> None:
    assert problem(text) == expected


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("keep: 3d\n", "1:1: site: is missing; write a section `site:`"),
        ("site:\n", "1:1: site: is empty; write a section `site:`"),
        ("site: x\n", '1:7: site: must hold keys and values (`key: value` in indented lines), not "x"'),
        (
            'site: {title: x, url: "https://news.example/"}\n',
            "1:1: site.tag: is missing; write tag: news.example,2021",
        ),
        (
            "site: {title: , url: 'https://news.example/', tag: 'news.example,2021'}\n",
            "1:8: site.title: is empty; write title: 广州新闻",
        ),
    ],
)
def test_what_must_be_written_and_is_not_is_named(site, expected) -> None:
    assert problem("", site=site) == expected


@pytest.mark.parametrize(
    "url",
    [
        "news.example",
        "/feeds",
        "ftp://news.example/",
        "https://",
        "https://news.example:99999/",
        "https://[::1/",
        "https://news .example/",
        "https://news.example/?a=b",
        "https://news.example/#top",
        "https://me:secret@news.example/",
        "",
    ],
)
def test_a_site_address_is_absolute_and_has_host_and_path_only(url) -> None:
    assert "site.url" in problem("", site=SITE.replace("https://news.example/", url))


def test_an_icon_is_a_whole_address() -> None:
    assert 'site.icon: "icon.png" is no web address' in problem("", site=SITE.replace("}", ", icon: icon.png}"))


@pytest.mark.parametrize("tag", ["news.example,2021", "n.example,2021-12", "me@n.example,2021-12-24", "x,1999"])
def test_a_tag_authority_is_a_domain_or_mailbox_and_a_date(tag) -> None:
    assert compiled("", site=SITE.replace("news.example,2021", tag)).site.tag == tag


@pytest.mark.parametrize(
    "tag", ["news.example", "2021", "news.example,21", "news.example,2021-13", "a,2021-02-30", "-a,2021", "新闻,2021"]
)
def test_what_is_no_tag_authority_is_refused(tag) -> None:
    assert "site.tag" in problem("", site=SITE.replace("news.example,2021", tag))


@pytest.mark.parametrize(
    ("written", "seconds"), [("1s", 1), ("90s", 90), ("15m", 900), ("2h", 7200), ("3d", 259200), ("0s", 0)]
)
def test_durations_are_seconds(written, seconds) -> None:
    assert compiled(f"upstreams: [{{url: a.xml, every: {written}}}]\n").upstreams[0].every == seconds


@pytest.mark.parametrize(("written", "seconds"), [("0s", 0.0), ("1.5s", 1.5), ("2m", 120.0)])
def test_a_pause_may_be_zero_or_have_a_fraction(written, seconds) -> None:
    assert compiled(f"fetch: {{pause: {written}}}\n").fetch.pause == seconds


@pytest.mark.parametrize("key", ["keep: {}", "feeds: {{max_age: {}}}", "schedule: {{refresh: {}}}"])
@pytest.mark.parametrize("written", ["5", "1w", "0s", "1.5h", "-1s", "２h", "99999999999d", "1h30m", '""', "[1h]"])
def test_what_is_no_duration_is_refused(key, written) -> None:
    assert problem(key.format(written) + "\n").startswith("2:")


@pytest.mark.parametrize("cron", ["*/5 * * * *", "0 6-22 * * mon-fri", "0,30  8 1 JAN *"])
def test_a_cron_expression_of_five_fields_is_a_refresh(cron) -> None:
    assert compiled(f'schedule: {{refresh: "{cron}"}}\n').refresh == " ".join(cron.split())


@pytest.mark.parametrize("cron", ["* * * *", "* * * * * *", "a b c d ;", "@yearly"])
def test_what_is_no_cron_expression_is_no_refresh(cron) -> None:
    assert "schedule.refresh" in problem(f'schedule: {{refresh: "{cron}"}}\n')


@pytest.mark.parametrize(
    "text",
    [
        "upstreams: [{url: 'ftp://a.example/x'}]",
        "upstreams: [{url: 'file:///etc/passwd'}]",
        "upstreams: [{url: 'feed:x'}]",
        "upstreams: [{url: 'https:///x'}]",
        "upstreams: [{url: ''}]",
        "upstreams: [{url: a.xml, category: ''}]",
        'upstreams: [{url: a.xml, category: ["a\\nb"]}]',
        "upstreams: [{url: a.xml, category: {a: b}}]",
        "upstreams: [{url: a.xml, category: [[a]]}]",
        "upstreams: [{}]",
        "upstreams: [{url: a.xml, drop: ['']}]",
        "upstreams: [{url: a.xml, timezone: Mars/Base}]",
        "upstreams: [{url: a.xml, timezone: ../../etc/passwd}]",
        "upstreams: [{url: a.xml, own_categories: maybe}]",
        "upstreams: {url: a.xml}",
        "posts: [{path: ''}]",
        "posts: [{path: posts/**.md}]",
        "posts: [{path: 'posts/*/../x'}]",
        "posts: [{path: p, category_title: 新闻}]",
        "posts: [{path: p, category_title: '{}{}'}]",
        "posts: [{path: p, category_title: '{} {0}'}]",
        "posts: [p]",
        "categories: [a]",
        "categories: {a: b}",
        "categories: {'': {}}",
        "identity: {ignore: ['x:y']}",
        "identity: {ignore: ['url:']}",
        "identity: {tracking: ['a=b']}",
        "identity: {tracking: [infocode]}",
        "identity: {info_code: [{query: from}], tracking: [From]}",
        "identity: {info_code: [{}]}",
        "identity: {info_code: [{query: a, file: b}]}",
        "identity: {info_code: [{host: a.example, as: 'NW{1}'}]}",
        "identity: {info_code: [{file: '(a)'}]}",
        "identity: {info_code: [{file: '((', as: 'NW{1}'}]}",
        "identity: {info_code: [{file: '(a)', as: 'NW{2}'}]}",
        "identity: {info_code: [{file: '(a)', as: 'NW{0}'}]}",
        "identity: {info_code: [{file: '(a)', as: 'NW'}]}",
        "identity: {info_code: [{file: '(a)', as: '{1}{x}'}]}",
        f"identity: {{info_code: [{{file: '({'a' * 200})', as: 'NW{{1}}'}}]}}",
        "identity: {info_code: [{file: 'a{99999999999}(b)', as: 'NW{1}'}]}",
        "identity: {info_code: [{host: 'https://a.example/', path: '(a)', as: 'NW{1}'}]}",
        "feeds: {formats: []}",
        'feeds: {path: "a\\nb"}',
        "feeds:\n  only:\n    -\n",
        "feeds: {formats: [xml]}",
        "feeds: {formats: [atom, rss, atom]}",
        "feeds: {entries: 0}",
        "feeds: {entries: 1.5}",
        "feeds: {entries: 501}",
        "feeds: {max_entries: 49}",
        "feeds: {entries: 10, max_entries: 5}",
        "feeds: {compress: 2}",
        "fetch: {threads: 0}",
        "fetch: {threads: 100000}",
        "fetch: {private: ['http://nas.lan']}",
        "fetch: {private: ['nas.lan:0']}",
        "fetch: {private: ['fd00::1']}",
        'fetch: {contact: "a\\nX-Evil: b"}',
        "store: mysql://x",
        "store: .coranto/",
        "store: ''",
    ],
)
def test_what_cannot_be_meant_is_one_problem_in_its_line(text) -> None:
    assert problem(text + "\n").split(":")[0] in "24"


@pytest.mark.parametrize("zone", ["Asia/Guangzhou", "asia/beijing", "Asia/Xi'an", "Shenzhen", "Asia/北京", "China"])
def test_a_city_of_china_that_is_no_zone_is_shown_the_zone_of_china(zone) -> None:
    site = SITE.replace("}", f', timezone: "{zone}"}}')
    assert problem("", site=site).endswith('is no time zone; did you mean "Asia/Shanghai"?')


@pytest.mark.parametrize("path", ["posts", "."])
def test_feeds_do_not_go_where_posts_are_looked_for(path) -> None:
    assert problem(f"feeds: {{path: {path}}}\n").startswith("2:15: feeds.path: ")
    assert path == "." or compiled(f"feeds: {{path: {path}}}\nposts: []\n").posts == ()


def test_a_missing_file_says_how_to_start(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load(Path("settings.yaml"), cache=tmp_path / "cache.json")
    assert str(caught.value).startswith('settings.yaml: no such file; run "coranto init"')


def test_a_folder_in_place_of_the_file_is_refused(tmp_path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load(tmp_path)


@given(st.binary(max_size=60) | st.text(alphabet="a:-[]{}#&*!|>'\"% \n\tn新,?~<", max_size=60).map(str.encode))
def test_any_bytes_are_settings_or_a_settings_error(content) -> None:
    for found in judged(content):
        assert found.message
        assert "\n" not in str(found)
