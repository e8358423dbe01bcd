"""A document that would take all time or memory takes its process with it, and nothing else (RELIABILITY 4)."""

import io
import os
import pickle
import signal
import threading
import time
from datetime import UTC, datetime

import pytest

from coranto.client import StoppedError
from coranto.readers import parse_apart, parse_child
from coranto.readers.parse import parse
from coranto.readers.parse_apart import Parsers
from coranto.readers.parse_raw import ParseError
from parsing import CONTEXT, item, rss

FEED = item(
    "<title>第一条</title><link>https://paper.example/1</link><guid>https://paper.example/1</guid>"
    "<pubDate>Fri, 07 Jan 2022 01:00:00 +0800</pubDate><author>a@paper.example (甲)</author><category>要闻</category>"
    "<enclosure url='https://paper.example/a.mp3' type='audio/mpeg' length='7'/><description>正文。</description>"
)


@pytest.fixture
def parsers():
    with Parsers(2) as running:
        yield running


@pytest.fixture
def bad_child(monkeypatch):
    """A process whose parser does as told: its code is given as a string."""

    def choose(code):
        main = f"import coranto.readers.parse as p\ndef parse(*_): {code}\np.parse = parse\n"
        run = f"import coranto.readers.parse_child as c; c.PROCESSOR = 0.2; c.MEMORY = 200 * 2**20\n{main}c.main()"
        monkeypatch.setattr(parse_apart, "_PROGRAM", ("-c", run))
        monkeypatch.setattr(parse_apart, "_PATIENCE", 1e6)  # it is the kernel that ends what takes too long

    return choose


def test_what_comes_back_is_what_the_parser_gives(parsers):
    assert parsers.parse(FEED, "application/xml", CONTEXT) == parse(FEED, "application/xml", CONTEXT)


def test_a_refusal_comes_back_with_its_kind_and_words(parsers):
    with pytest.raises(ParseError, match="never ends") as caught:
        parsers.parse(FEED[:-10], "", CONTEXT)
    assert caught.value.kind == "cut"


def test_one_process_serves_one_document_after_another(parsers):
    for number in range(3):
        assert parsers.parse(item(f"<title>{number}</title>"), "", CONTEXT).entries[0].title == str(number)
    assert len(parsers._alive) == 1


def test_a_process_that_read_a_large_document_makes_room(parsers):
    large = rss("<!-- " + "x" * 5_000_000 + " -->")
    assert parsers.parse(large, "", CONTEXT).entries == ()
    (child,) = parsers._alive
    assert child._process.wait(10) == 0
    assert parsers.parse(FEED, "", CONTEXT).entries


def test_no_more_processes_run_than_were_allowed():
    with Parsers(1) as parsers:
        threads = [threading.Thread(target=parsers.parse, args=(FEED, "", CONTEXT)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(parsers._alive) == 1


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read(parsers, bad_child):
    bad_child("[None for _ in iter(int, 1) if False]")
    with pytest.raises(ParseError, match="took more than") as caught:
        parsers.parse(FEED, "", CONTEXT)
    assert caught.value.kind == "too-slow"
    assert not parsers._alive


def test_time_in_a_pattern_counts_too_though_no_handler_runs_meanwhile(parsers, bad_child):
    bad_child(r"__import__('re').match(r'(a+)+$', 'a' * 40 + 'b')")
    with pytest.raises(ParseError, match="took more than"):
        parsers.parse(FEED, "", CONTEXT)


def test_a_process_that_does_nothing_at_all_is_given_up_too(parsers, bad_child, monkeypatch):
    bad_child("__import__('time').sleep(1000)")
    monkeypatch.setattr(parse_apart, "_PATIENCE", 0.5)
    with pytest.raises(ParseError, match="took more than"):
        parsers.parse(FEED, "", CONTEXT)
    assert not parsers._alive


def test_a_document_that_takes_too_much_memory_is_refused(parsers, bad_child):
    bad_child("bytearray(300 * 2**20)")
    with pytest.raises(ParseError, match="more memory") as caught:
        parsers.parse(FEED, "", CONTEXT)
    assert caught.value.kind == "too-big"


def test_a_document_that_ends_its_process_is_refused_after_a_second_look(parsers, bad_child):
    bad_child("__import__('os')._exit(3)")
    with pytest.raises(ParseError, match="ended the process"):
        parsers.parse(FEED, "", CONTEXT)
    assert not parsers._alive


def test_an_error_of_the_parser_is_one_of_the_document(parsers, bad_child):
    bad_child("1 / 0")
    with pytest.raises(ParseError, match="ZeroDivisionError") as caught:
        parsers.parse(FEED, "", CONTEXT)
    assert caught.value.kind == "broken"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_somebody_ends_is_replaced_and_nothing_lost(parsers, number):
    parsers.parse(FEED, "", CONTEXT)
    (child,) = parsers._alive
    os.kill(child._process.pid, number)
    assert parsers.parse(FEED, "", CONTEXT) == parse(FEED, "", CONTEXT)


def test_sigterm_and_ctrl_c_are_for_the_parent_alone(parsers):
    parsers.parse(FEED, "", CONTEXT)
    (child,) = parsers._alive
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(child._process.pid, number)
    parsers.parse(FEED, "", CONTEXT)
    assert parsers._alive == {child}
    assert os.getpgid(child._process.pid) != os.getpgid(0)


def test_whoever_waits_when_all_is_closed_is_told_that_the_program_ends(bad_child):
    bad_child("__import__('time').sleep(60)")
    parsers = Parsers(1)
    ends = []

    def wait():
        try:
            parsers.parse(FEED, "", CONTEXT)
        except StoppedError as error:
            ends.append(error)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    while not parsers._alive:
        time.sleep(0.01)
    parsers.close()
    for thread in threads:
        thread.join(10)
    assert len(ends) == 3


def test_the_process_is_told_no_secrets(monkeypatch):
    monkeypatch.setenv("PAPER_TOKEN", "geheim")
    assert "geheim" not in str(parse_apart._environment())


def test_only_what_a_document_is_made_of_is_taken_from_a_process():
    with pytest.raises(pickle.UnpicklingError, match="no part of a document"):
        parse_apart._loaded(pickle.dumps(("", "", os.system)))
    stamp = datetime(2022, 1, 7, tzinfo=UTC)
    assert parse_apart._loaded(pickle.dumps(("", "", (stamp, frozenset({1}))))) == ("", "", (stamp, frozenset({1})))


def test_a_process_whose_parent_is_gone_ends():
    job = pickle.dumps(("", CONTEXT))
    reading, writing = os.pipe()
    parts = b"".join(len(part).to_bytes(parse_child.HEAD) + part for part in (job, rss("")))
    os.write(writing, parts + b"\0\0")  # and half of another one
    os.close(writing)
    replies = io.BytesIO()
    with os.fdopen(reading, "rb") as jobs:
        parse_child.serve(jobs, replies)
    kind, _, document = pickle.loads(replies.getvalue()[parse_child.HEAD :])
    assert (kind, document.entries) == ("", ())
