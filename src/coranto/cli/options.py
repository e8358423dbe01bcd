"""Options that every command has, and what follows from them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from coranto.cli import say
from coranto.cli.failures import Refused
from coranto.settings import Settings, default_cache, load

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's
    ctx.meta[say.JSON] = value
    return value


as_json = click.option(
    "--json",
    "as_json",
    is_flag=True,
    is_eager=True,  # an error in another option is told as JSON too
    callback=_remember,
    help="Print one JSON document, and nothing else, on stdout.",
)

config = click.option(
    "--config",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="CORANTO_CONFIG",
    default=Path("settings.yaml"),
    metavar="FILE",
    help="The settings.  [default: $CORANTO_CONFIG, then ./settings.yaml]",
)


def common(command: _Command) -> _Command:
    """Give a command ``--config`` (as ``file``) and ``--json`` (as ``as_json``)."""
    return config(as_json(command))


def site(file: Path, *, touch: bool) -> Settings:
    """The settings in ``file``.

    Args:
        file: settings.yaml.
        touch: compiled settings may be kept for the next run; otherwise nothing is written.

    Raises:
        SettingsError: they are wrong.
        Refused: they name a store that this version does not know.
    """
    settings = load(file, cache=default_cache(file) if touch else None)
    if "://" in settings.store:
        kind = settings.store.partition("://")[0]
        raise Refused(f"{file}: store: {kind} is not supported by this version; write .coranto/store.sqlite3")
    return settings


def now() -> datetime:
    """The instant of the run: SOURCE_DATE_EPOCH, so that a build can be repeated to the byte, else the clock.

    Raises:
        Refused: SOURCE_DATE_EPOCH is no count of seconds.
    """
    stated = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if stated and not (stated.isascii() and stated.isdigit() and len(stated) <= 12):
        raise Refused(f'SOURCE_DATE_EPOCH: "{stated}" is no count of whole seconds since 1970; correct or unset it')
    try:
        return datetime.fromtimestamp(int(stated) if stated else int(time.time()), UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(f'SOURCE_DATE_EPOCH: "{stated}" lies beyond the year 9999; correct or unset it') from None
