"""The page for operators: what needs somebody, every source, and what else is to be known of the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coranto.client.address import without_login
from coranto.inspect.board import CALM, Board, Line
from coranto.model import POSTS
from coranto.server import wording
from coranto.server.charts import Chart, chart
from coranto.settings.values import Settings
from coranto.text import one_line
from coranto.text.anchors import anchor
from coranto.writers.addresses import language
from coranto.writers.fit import UNDETERMINED, headline
from coranto.writers.html import page as rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source, as the page shows it."""

    place: str
    anchor: str
    health: str
    state: str  # in the language of the page
    needs: bool  # somebody
    since: datetime | None
    last: datetime | None
    next: datetime | None
    next_words: str  # instead of ``next``, or before it
    entries: int
    held: int
    why: str
    chart: Chart

    @property
    def css(self) -> str:
        """The name of the state in a class."""
        return "state-" + self.health.replace(" ", "-")


def page(board: Board, settings: Settings, now: datetime) -> bytes:
    """The status page: complete without a script, in Chinese or English as the site is."""
    site = settings.site
    words = wording.words(site.language)
    return rendered(
        "status.html.j2",
        language(site.language) or UNDETERMINED,
        site.timezone,
        root="/",
        title=headline(site.title) or site.url,
        words=words,
        board=board,
        now=now,
        rows=_rows(board, site.language),
        needing=sum(_needs(line) for line in board.lines),
        chart=chart(board.days, words["chart"], words["quiet"]),
        days=list(zip(board.dates, board.days, strict=True)),
        hub=without_login(settings.feeds.hub),
    )


def _rows(board: Board, tag: str) -> list[Row]:
    """What needs somebody first, the worst of it first; else in the order of settings."""
    lines = sorted(board.lines, key=lambda line: _place(line.state.health))
    return [_row(line, board, tag) for line in lines]


def _place(health: str) -> int:
    return wording.STATES.index(health) if health in wording.STATES else 0


def _needs(line: Line) -> bool:
    return line.state.health not in CALM


def _row(line: Line, board: Board, tag: str) -> Row:
    state, words = line.state, wording.words(tag)
    return Row(
        place=one_line(without_login(state.place)),
        anchor=anchor(without_login(state.key)),
        health=state.health,
        state=wording.state(state.health, tag),
        needs=_needs(line),
        since=state.since,
        last=state.last_poll,
        next=state.next_poll,
        next_words=_next(line, board, words),
        entries=state.entries,
        held=state.held,
        why=one_line(state.why) if board.built else "",
        chart=chart(line.days, words["chart"], words["quiet"]),
    )


def _next(line: Line, board: Board, words: dict[str, str]) -> str:
    """What is said of the next poll beside its time."""
    state = line.state
    if state.next_poll is None:
        return words["never"] if state.health == "gone" and state.kind != POSTS else words["at_build"]
    return words["overdue"] if state.next_poll <= board.now else ""
