"""``coranto run``: the daemon."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from coranto.cli import options
from coranto.cli.failures import Refused
from coranto.journal import Form
from coranto.settings import Problem, Settings, SettingsError


@click.command()
@click.option(
    "--log-format",
    "form",
    type=click.Choice(["logfmt", "json"]),
    default="logfmt",
    show_default=True,
    help="How a line of the log is written.",
)
@click.option("--json", "as_json", is_flag=True, help="As --log-format json.")
@click.option(
    "--serve/--no-serve", "serving", default=True, help="Serve the feeds over HTTP, or not.  [default: serve]"
)
@click.option("--host", metavar="ADDRESS", default="", help="Where to listen.  [default: serve.host, else 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="The port; 0 is any free one.  [default: serve.port, else 8080]",
)
@options.config
@click.pass_context
def run(
    ctx: click.Context, file: Path, *, as_json: bool, form: Form, serving: bool, host: str, port: int | None
) -> None:
    """Keep the feeds fresh until stopped: poll what is due, read posts as they change, publish within seconds, and serve.

    The log goes to stderr, one line an event.  Settings that change are read again at
    once; a bad edit keeps the last good ones and says so.  SIGTERM or Ctrl-C ends it within 5 seconds with everything
    complete, a second one at once; SIGHUP reads the settings again.
    """
    from coranto.clock import SystemClock
    from coranto.daemon.daemon import Daemon
    from coranto.daemon.front import Wish
    from coranto.journal import Journal

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until somebody listens to it
    clock = SystemClock()
    journal = Journal(_write, "json" if as_json else form, clock.now)
    daemon = Daemon(
        file, lambda: _settings(file), clock, journal, os.environ, Wish(serve=serving, host=host, port=port)
    )
    if daemon.run() == signal.SIGINT:
        raise KeyboardInterrupt
    ctx.exit(0)


def _settings(file: Path) -> Settings:
    """The settings; whatever is wrong with them is wrong in one way."""
    try:
        return options.site(file, touch=True)
    except Refused as error:
        raise SettingsError((Problem(file=file, message=str(error).removeprefix(f"{file}: ")),)) from error


def _write(line: str) -> None:
    with suppress(OSError, ValueError):  # a log that cannot be written stops no feed
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
