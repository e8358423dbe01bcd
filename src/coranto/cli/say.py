"""Words on the terminal: results on stdout, everything else on stderr; what strangers wrote cannot steer the terminal."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

JSON = "coranto.json"  # the key in click's ctx.meta: the person asked for one JSON document


def out(text: str = "") -> None:
    """A line of the result."""
    click.echo(clean(text))


def aside(text: str) -> None:
    """A line for the person who watches: progress, what failed."""
    click.echo(clean(text), err=True)


def document(value: object) -> None:
    """The one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def clean(text: str) -> str:
    """``text`` in one line, without characters that a terminal obeys or that turn its direction."""
    return "".join(char for char in text.replace("\n", " ") if char.isprintable() or "\ud800" <= char <= "\udfff")


def legible(text: str) -> str:
    """What stood on the command line, with bytes that are no UTF-8 as the names of posts show them."""
    return text.encode("utf-8", "backslashreplace").decode()


def shown(place: str | Path) -> str:
    """A path as a person would type it here: relative when it lies below the current folder."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - texts: a place may be an address
    return str(place).removeprefix(here) if str(place) != here else "."


def count(number: int, one: str, many: str = "") -> str:
    """``1 post``, ``2 posts``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """``rows`` in columns; a Chinese character takes two places."""
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
