"""Metrics for Prometheus: what the server did, and how the sources are.

Names and units are those of the OpenMetrics text format; nothing has a label whose values strangers choose, but for the
addresses of sources that are not well, which are bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coranto.client.address import without_login
from coranto.inspect.board import CALM, Board
from coranto.model import FEED, POSTS
from coranto.server import wording
from coranto.server.tally import Tally

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

_Values = dict[tuple[str, ...], float]  # of a metric, by the values of its labels

MOST_DOWN = 200  # sources that are named because something is wrong with them
TYPE = "text/plain; version=0.0.4; charset=utf-8"


def document(board: Board | None, tally: Tally) -> bytes:
    """All metrics in the text format; without a ``board``, that is before the first build, those of the server alone."""
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Collector(board, tally))
    return generate_latest(registry)


class _Collector:
    """What prometheus-client calls a collector."""

    def __init__(self, board: Board | None, tally: Tally) -> None:
        self._board, self._tally = board, tally

    def describe(self) -> list[Metric]:
        """Nothing ahead of the values."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every metric with its values."""
        yield from _program(self._tally)
        if self._board is not None:
            yield from _sources(self._board)
            yield from _site(self._board)


def _program(tally: Tally) -> Iterator[Metric]:
    from coranto import __version__

    yield _gauge("coranto_build_info", "Which Coranto this is.", {(__version__,): 1}, "version")
    answers = dict(tally.answers)  # a copy at once: the server's loop counts on in its own thread
    counted: _Values = {(kind, str(status)): number for (kind, status), number in sorted(answers.items())}
    yield _counter("coranto_http_responses", "Answers given.", counted, "kind", "status")
    yield _counter("coranto_http_response_bytes", "Octets in the bodies of answers.", {(): tally.octets})


def _sources(board: Board) -> Iterator[Metric]:
    states = [line.state for line in board.lines]
    counts = Counter(one.health for one in states)
    by_state: _Values = {(health,): counts[health] for health in dict.fromkeys((*wording.STATES, *sorted(counts)))}
    yield _gauge("coranto_sources", "Sources by their state.", by_state, "state")
    down: _Values = {(without_login(one.key),): 0 for one in states if one.health not in CALM}
    bounded: _Values = dict(list(down.items())[:MOST_DOWN])
    yield _gauge("coranto_source_up", "0 for each source that needs somebody, the first 200.", bounded, "source")
    entries: _Values = {(kind,): sum(one.entries for one in states if one.kind == kind) for kind in (POSTS, FEED)}
    yield _gauge("coranto_entries", "Entries that count, by the kind of their source.", entries, "kind")
    held = sum(one.held for one in states)
    yield _gauge("coranto_entries_held", "Entries that are held back.", {(): held})
    yield _gauge("coranto_sources_due", "Subscriptions whose time has come.", {(): len(board.due)})
    yield _gauge("coranto_due_lag_seconds", "How long the one that is due longest has been due.", {(): board.lag})
    visits, failures = board.total.visits, board.total.failures
    yield _counter("coranto_visits", "Visits to subscriptions, since the store was begun.", {(): visits})
    yield _counter("coranto_visit_failures", "How many of them failed.", {(): failures})


def _site(board: Board) -> Iterator[Metric]:
    yield _gauge("coranto_stories", "Stories.", {(): board.stories})
    yield _gauge("coranto_conflicts", "Joins that were refused.", {(): board.conflicts})
    yield _gauge("coranto_posts_unreadable", "Posts that cannot be read.", {(): board.unreadable})
    yield _gauge("coranto_feed_files", "Files that were written and stand.", {(): board.files})
    yield _gauge("coranto_hub_pings_waiting", "Documents that the hub was not told of yet.", {(): board.pings})
    published: _Values = {(): board.published.timestamp()} if board.published else {}
    yield _gauge("coranto_last_publication_timestamp_seconds", "When files were last written.", published)


def _gauge(name: str, help_: str, values: _Values, *labels: str) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, help_, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family


def _counter(name: str, help_: str, values: _Values, *labels: str) -> CounterMetricFamily:
    """A counter; the text format adds ``_total`` to its name."""
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(name, help_, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family
