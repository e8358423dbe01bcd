"""A form that is sent: the same guards as for what is asked for, and nothing secret (promise 7, POLITENESS P10, P19)."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from coranto.client import FetchError, HeldError, Limits
from coranto.settings.values import Fetch
from fetching import LOCAL, SMALL, client
from loopback import drip, http, loopback, raw

FORM = [("hub.mode", "publish"), ("hub.url", "https://a.example/?x=1&y=2"), ("hub.url", "https://b.example/文")]
SENT = (
    b"hub.mode=publish&hub.url=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2&hub.url=https%3A%2F%2Fb.example%2F%E6%96%87"
)


def posted(answer, **more):
    with loopback(answer) as server, client(**more) as out:
        return out.post(server.url("/hub?a=1"), FORM), server.log


def test_a_form_goes_out_as_it_is_and_says_who_sends_it():
    response, (asked,) = posted(http(b"thanks", "204 No Content"))
    assert (response.status, response.body) == (204, b"")
    assert (asked.method, asked.target, asked.body) == ("POST", "/hub?a=1", SENT)
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.headers["User-Agent"] == "Coranto/1.2"
    own = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection", "Content-Type", "Content-Length"}
    assert set(asked.headers) == own


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other"])
def test_a_redirect_that_would_make_a_get_of_it_is_an_answer(status):
    response, log = posted(http(b"", status, Location="/other"))
    assert (response.status, len(log)) == (int(status[:3]), 1)


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_that_keeps_it_is_followed(status):
    response, log = posted({"/hub": http(b"", status, Location="/other"), "/other": http(b"", "202 Accepted")})
    assert response.status == 202
    assert [(one.method, one.target, one.body) for one in log] == [("POST", "/hub?a=1", SENT), ("POST", "/other", SENT)]


@pytest.mark.parametrize("place", ["http://127.0.0.2/", "http://[::1]/", "http://10.0.0.1/", "http://0x7f.1/"])
def test_no_redirect_leads_inside(place):
    with pytest.raises(FetchError) as caught:
        posted(http(b"", "307 Temporary Redirect", Location=place))
    assert caught.value.kind == "refused-address"


def test_a_private_address_is_refused_unless_settings_name_it():
    with loopback(http()) as server, client(fetch=Fetch(pause=0)) as out:
        with pytest.raises(FetchError) as caught:
            out.post(server.url(), FORM)
        assert not server.log
    assert caught.value.kind == "refused-address"
    assert "fetch.private" in caught.value.reason


def test_a_login_in_the_address_is_not_sent():
    with loopback(http()) as server, client() as out:
        out.post(server.url().replace("//", "//me:secret@"), FORM)
    assert "Authorization" not in server.log[0].headers


@pytest.mark.parametrize(
    "answer", [raw(30.0), drip(b"HTTP/1.1 200 OK\r\n", b"x"), drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")]
)
def test_it_takes_no_longer_than_it_may(answer):
    with loopback(answer) as server, client() as out:
        started = time.monotonic()
        with pytest.raises(FetchError) as caught:
            out.post(server.url(), FORM, seconds=0.4)
        assert time.monotonic() - started < 1.5
    assert caught.value.kind == "timeout"


def test_the_clients_own_limit_stays():
    with pytest.raises(FetchError, match=r"within 0\.3 s"):
        posted(raw(30.0), limits=Limits(seconds=0.3))


def test_a_body_that_never_ends_is_not_read():
    response, _ = posted(drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100))
    assert response.status == 200


def test_heads_are_capped():
    with pytest.raises(FetchError) as caught:
        posted(http(b"", X="x" * SMALL.headers))
    assert caught.value.kind in ("too-big", "http")


def test_a_host_gets_its_pause_between_two_forms_p19():
    with loopback(http()) as server, client(fetch=Fetch(private=LOCAL.private, pause=0.3)) as out:
        for _ in range(3):
            out.post(server.url(), FORM)
    assert all(b.at - a.at >= 0.3 for a, b in pairwise(server.log))


def test_who_asks_to_be_left_alone_is_p10():
    with loopback(http(b"", "429 Too Many Requests", Retry_After="120")) as server, client() as out:
        assert out.post(server.url(), FORM).status == 429
        with pytest.raises(HeldError):
            out.post(server.url(), FORM)
        assert len(server.log) == 1
