"""The behaviour server plays what its scripts say; a naive client is caught, ours is not."""

import http.client
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import behaviour_kinds as kinds
from behaviour_diary import Diary, special
from behaviour_log import Asked
from behaviour_score import score
from behaviour_server import serving
from behaviour_world import START, world
from coranto.client import Client, Limits
from coranto.identity import Rules
from coranto.readers.parse import ParseContext, parse
from coranto.readers.polling import poll_all
from coranto.readers.upstream import State, Visit
from coranto.settings.values import Fetch, Upstream
from fetching import FakeTime


def test_a_naive_poller_is_caught():
    """It asks everybody every half hour, all at once, and remembers nothing."""
    small = world(upstreams=60, hosts=14, days=2)
    clock = [START]
    with serving(small, lambda: clock[0]) as server:
        for hours in (0, 0.5, 73, 73.5):
            clock[0] = START + timedelta(hours=hours)
            for line in small.lines:
                private = line.asked.split("/")[2] in small.private
                connection = http.client.HTTPConnection(*_place(line.asked if private else f"http://x:{server.port}/"))
                connection.request("GET", "/" + line.asked.split("/", 3)[3] if private else line.asked)
                _swallow(connection)
    assert server.faults == []
    assert server.in_flight == 0
    assert len(server.log) == 240
    caught = {rule.name for rule in score(server.log, small, [START + timedelta(hours=73.2)]) if rule.violations}
    assert caught >= {"P4", "P5", "P7", "P9", "P10", "P19", "P20", "P22", "P24"}


def _place(url):
    return "127.0.0.1", int(url.split("/")[2].partition(":")[2])


def _swallow(connection):
    try:
        connection.getresponse().read()
    except (http.client.HTTPException, OSError):
        pass
    finally:
        connection.close()


def test_our_client_looks_once_without_a_violation():
    """Every kind of source, and nothing arrives inside."""
    small = world(upstreams=80, hosts=20, days=2)
    time = FakeTime(0.0)
    pace = time.pace(private=small.private, started=START)
    fetch = Fetch(private=small.private, contact="editor@news.example")
    with serving(small, lambda: START + timedelta(seconds=time.now)) as server:
        fetch = replace(fetch, proxy=f"http://127.0.0.1:{server.port}")
        due = [_visit(line.url) for line in small.lines]
        with Client(fetch, "1", Limits(seconds=5), pace=pace) as client:
            outcomes = list(poll_all(due, client, threads=1, clock=pace.moment))
    rules = score(server.log, small)
    assert [violation for rule in rules for violation in rule.violations] == []
    assert server.faults == []
    failed = {small.sources[one.source.partition("#")[0]].kind for one in outcomes if one.kind == "failed"}
    assert failed == {"itself", "circle", "hops", "inside", "never"}
    listed = sum(len(one.document.entries) for one in outcomes if one.document)
    assert listed == sum(asked.given.listed for asked in server.log)


def _visit(url):
    context = ParseContext(source="k", url=url, zone=ZoneInfo("UTC"), rules=Rules())
    return Visit(upstream=Upstream(url=url, key=url), state=State(), context=context)


def test_documents_say_what_their_scripts_know():
    diary = Diary(special("ttl"), special("period"), special("nights"), special("weekends"), kinds.plain)
    for url, source in diary.world.sources.items():
        body = source.answer(Asked(at=START, url=url), START).body
        document = parse(body, "", _visit(url).context)
        assert (document.ttl, document.skip_hours, document.skip_days) == (
            source.ttl,
            source.skip_hours,
            source.skip_days,
        )


def test_what_a_client_must_have_stood_for_26_hours():
    diary = Diary(kinds.plain, special("never"), special("gone"), kinds.TORRENT, special("broken"))
    end = diary.world.end
    plain, _, gone, _, broken = (diary.world.sources[url] for url in diary.urls)
    expected = diary.world.expected(end)
    by_source = {name: {guid for guid in expected if guid.startswith(f"tag:{name}.")} for name in _names(diary)}
    assert by_source[plain.name] == {
        f"tag:{plain.name}.example,2021:{number}"
        for number, at in enumerate(plain.plan)
        if at <= end - timedelta(hours=26) and number >= plain.count(START + timedelta(hours=26)) - plain.window
    }
    assert [bool(by_source[name]) for name in _names(diary)] == [True, False, True, False, True]
    assert len(by_source[gone.name]) < gone.count(START + timedelta(days=5))
    assert len(by_source[broken.name]) > 60


def _names(diary):
    return [diary.world.sources[url].name for url in diary.urls]


def test_a_world_is_the_same_for_one_seed():
    one, two = (world(seed=7, upstreams=120, ports=(1, 2, 3, 4)) for _ in range(2))
    assert one.settings() == two.settings()
    assert one.expected(one.end) == two.expected(two.end) != world(seed=8, upstreams=120).expected(one.end)
    assert len(one.lines) == 120
    assert one.settings().count("\n") == 121
