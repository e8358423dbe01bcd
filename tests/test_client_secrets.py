"""Own headers and logins: to their origin only, from the environment, and never seen (P18, RELIABILITY 2)."""

import base64
import logging

import pytest

from coranto.client import FetchError, Secrets
from coranto.settings.values import Fetch
from fetching import FEED, client
from loopback import http, loopback

ENVIRON = {
    "NEWS_KEY": "geheim 钥",
    "NEWS_LOGIN": "reader:geheim\n",
    "EMPTY": "",
    "NO_COLON": "geheim",
    "LINE": "geheim\r\nX: y",
}


def sent(headers=(), auth="", environ=ENVIRON, login=""):
    """The header fields of one request, with values as bytes."""
    with loopback(http(FEED)) as server, client(environ=environ) as out:
        url = server.url()
        out.get(url, own=Secrets(url.replace("//", f"//{login}"), tuple(headers), auth))
    return {name: value.encode("latin-1") for name, value in server.log[0].headers.items()}


def refused(headers=(), auth="", environ=ENVIRON):
    with loopback(http(FEED)) as server, client(environ=environ) as out, pytest.raises(FetchError) as caught:
        out.get(server.url(), own=Secrets(server.url(), tuple(headers), auth))
    assert server.log == []
    assert caught.value.kind == "secret"
    shown = repr(caught.value) + str(caught.value)
    assert "geheim" not in shown
    assert caught.value.__cause__ is None
    return caught.value.reason


def basic(text):
    return b"Basic " + base64.b64encode(text.encode())


def test_own_headers_go_along_with_values_of_the_environment():
    fields = sent([("X-Api-Key", "$NEWS_KEY"), ("X-Two", "a ${NEWS_KEY}$$"), ("accept", "text/xml")])
    assert fields["X-Api-Key"] == "geheim 钥".encode()
    assert fields["X-Two"] == "a geheim 钥$".encode()
    assert fields["accept"] == b"text/xml"
    assert "Accept" not in fields


@pytest.mark.parametrize(
    ("auth", "login", "field"),
    [
        ("$NEWS_LOGIN", "", "reader:geheim"), ("reader:$NO_COLON", "", "reader:geheim"), ("读者:密码:x", "", "读者:密码:x"),
        ("$NEWS_LOGIN", "other:x@", "reader:geheim"), ("", "a:b$c@", "a:b$c"),
    ],
)  # fmt: skip
def test_a_login_is_basic_authentication(auth, login, field):
    assert sent(auth=auth, login=login)["Authorization"] == basic(field)


def test_what_is_missing_is_named_and_nothing_is_sent():
    reason = refused([("X-Api-Key", "$NEWS_KEYS")])
    assert (
        reason
        == "headers.X-Api-Key of this upstream needs the environment variable NEWS_KEYS, which is not set; set it"
    )
    assert "variable EMPTY" in refused(auth="$EMPTY")
    assert "no colon" in refused(auth="$NO_COLON")
    assert "characters" in refused([("X", "$LINE")])
    assert "characters" in refused([("X", "$ODD")], environ={"ODD": "geheim\udcff"})
    assert 'write "$$"' in refused([("X", "geheim$")])


def test_a_variable_is_looked_up_with_each_request():
    environ = {"KEY": "1"}
    with loopback(http(FEED)) as server, client(environ=environ) as out:
        own = Secrets(server.url(), (("X-Key", "$KEY"),))
        out.get(server.url(), own=own)
        environ["KEY"] = "2"
        out.get(server.url(), own=own)
    assert [asked.headers["X-Key"] for asked in server.log] == ["1", "2"]


def test_another_origin_sees_nothing_and_nothing_is_logged(caplog):
    """P18: by a redirect, or because a feed has moved for good."""
    caplog.set_level(logging.DEBUG)
    with (
        loopback(http(FEED)) as other,
        loopback(
            {"/a": http(b"", "301 Moved", Location="/b"), "/b": http(b"", "302 Found", Location=other.url("/x"))}
        ) as server,
        client(environ=ENVIRON) as out,
    ):
        own = Secrets(server.url("/a"), (("X-Api-Key", "$NO_COLON"), ("Accept", "text/xml")), "$NEWS_LOGIN")
        response = out.get(server.url("/a"), own=own)
        out.get(other.url("/moved"), own=own)
    assert [asked.headers["X-Api-Key"] for asked in server.log] == ["geheim"] * 2
    assert [asked.headers["Authorization"] for asked in server.log] == [basic("reader:geheim").decode()] * 2
    for asked in other.log:
        assert set(asked.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert asked.headers["Accept"].startswith("application/atom+xml")
    assert "geheim" not in caplog.text + str(response) + repr(own)


def test_a_redirect_back_home_finds_the_secret_again_and_the_other_port_does_not_count_as_home():
    answers = {"/back": http(FEED)}
    with loopback(answers) as server, client(environ=ENVIRON) as out:
        with loopback(http(b"", "302 Found", Location=server.url("/back"))) as other:
            server.answers["/a"] = http(b"", "302 Found", Location=other.url())
            out.get(server.url("/a"), own=Secrets(server.url("/a"), (("X-Key", "k"),)))
        assert [asked.headers.get("X-Key") for asked in server.log + other.log] == ["k", "k", None]


def test_a_login_in_an_address_is_never_shown():
    with loopback(
        {"/feed": http(FEED), "/old": http(b"", "301 Moved", Location="/none"), "/none": http(b"", "410 Gone")}
    ) as server:
        address = server.url().replace("//", "//reader:geheim@")
        with client() as out:
            response = out.get(address)
            moved = out.get(address.replace("/feed", "/old"))
        with client(fetch=Fetch()) as out, pytest.raises(FetchError) as caught:
            out.get(address)
    shown = f"{response.url} {moved.url} {moved.hops} {caught.value} {caught.value.url}"
    assert "geheim" not in shown
    assert shown.count("127.0.0.1") >= 5
    assert "Authorization" in server.log[0].headers
