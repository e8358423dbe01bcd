"""Own headers, logins and the proxy in settings: checked, never shown, and never kept as values (P18)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.settings import default_cache, load
from coranto.settings.shapes_fetch import auth, header_name, proxy, secret
from settings_text import DATA, compiled, problem

ONE = "upstreams:\n  - url: https://paper.example/rss\n    "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("headers: {Host: x}", '4:21: upstreams[0].headers.Host: "Host" cannot be set here: the program says it itself; remove it'),
        ("headers: {if-none-match: x}", "cannot be set here"), ("headers: {Content-Type: x}", "cannot be set here"),
        ("headers: {COOKIE: x}", "cannot be set here"), ("headers: {User-Agent: x}", "cannot be set here"),
        ("headers: {Accept-Encoding: x}", "cannot be set here"), ("headers: {X Y: x}", "is no name of a header field"),
        ("headers: {X-Key: }", "is empty; write a text"), ('headers: {X-Key: "geheim\\n"}', "control characters"),
        ('headers: {X-Key: "geheim$"}', '"$" that names no variable'), ("headers: [x]", "must hold keys and values"),
        ("headers: {X-Key: a, x-key: b}", "names a header field twice"), ("headers: {X-Key: [geheim]}", "must be a text, not a list"),
        ("auth: geheim", "is no login; write user:password"), ('auth: "a:geheim$ "', '"$" that names no variable'),
        ("auth: a:geheim\n    headers: {authorization: x}", "has two logins"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_showing_a_value(text, expected) -> None:
    said = problem(ONE + text + "\n")
    assert expected in said
    assert "geheim" not in said


@pytest.mark.parametrize("text", ["auth: a:geheim", "headers: {X: y}"])
def test_a_file_takes_neither_login_nor_headers(text) -> None:
    assert "is a file, which takes neither" in problem("upstreams:\n  - url: saved/a.xml\n    " + text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "socks5://proxy.lan:1080", "https://proxy.lan", "proxy.lan:3128", "http://", "http://a.example/path", "http://a.example:0",
        "http://a.example:99999", "http://u:geheim$@proxy.lan", "http://a b", "http://[::1", "x", '"http://a?x"',
    ],
)  # fmt: skip
def test_a_proxy_is_an_http_address(text) -> None:
    said = problem(f"fetch: {{proxy: {text!r}}}\n")
    assert "is no address of a proxy" in said or "no variable" in said
    assert "geheim" not in said


@pytest.mark.parametrize("text", ["http://proxy.lan:3128", "http://u:$PASSWORD@10.0.0.1:80/", "HTTP://[fd00::1]:80"])
def test_a_proxy_may_have_a_login(text) -> None:
    assert compiled(f'fetch: {{proxy: "{text}"}}\n').fetch.proxy == text


def test_hold_is_one_of_three() -> None:
    assert [compiled(f"fetch: {{hold: {one}}}\n").fetch.hold for one in ("domain", "host", "url")] == [
        "domain",
        "host",
        "url",
    ]
    assert compiled("").fetch.hold == "domain"
    assert "'domain', 'host' or 'url'" in problem("fetch: {hold: all}\n")


def test_the_cache_holds_the_name_of_a_variable_and_never_its_value(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NEWS_KEY", "geheim")
    monkeypatch.setenv("NEWS_PASSWORD", "geheim")
    monkeypatch.setenv("PROXY_PASSWORD", "geheim")
    file = tmp_path / "settings.yaml"
    file.write_bytes((DATA / "full.yaml").read_bytes())
    settings = [load(file, cache=default_cache(file)) for _ in range(2)]
    assert settings[0] == settings[1]
    assert settings[1].upstreams[0].headers[0] == ("X-Api-Key", "$NEWS_KEY")
    kept = default_cache(file).read_text()
    assert "$NEWS_KEY" in kept
    assert "geheim" not in kept


def test_no_repr_shows_what_was_written_out() -> None:
    settings = compiled(ONE + "auth: a:geheim\n    headers: {X-Key: geheim}\nfetch: {proxy: 'http://a:geheim@b.lan'}\n")
    assert "geheim" not in repr(settings)


@given(st.text(max_size=30), st.sampled_from([auth, header_name, proxy, secret]))
def test_any_text_is_taken_or_refused(text, shape) -> None:
    with contextlib.suppress(ValueError):
        assert shape(text) == text
