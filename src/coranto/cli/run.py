"""``coranto run``: the daemon."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import click

from coranto.cli import options
from coranto.journal import Form


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
@options.config
@click.pass_context
def run(ctx: click.Context, file: Path, *, as_json: bool, form: Form) -> None:
    """Keep the feeds fresh until stopped: poll what is due, read posts as they change, publish within seconds.

    The log goes to stderr, one line an event.  Settings that change are read again at
    once; a bad edit keeps the last good ones and says so.  SIGTERM or Ctrl-C ends it within 5 seconds with everything
    complete, a second one at once; SIGHUP reads the settings again.
    """
    from coranto.clock import SystemClock
    from coranto.daemon.daemon import Daemon
    from coranto.journal import Journal

    clock = SystemClock()
    journal = Journal(_write, "json" if as_json else form, clock.now)
    daemon = Daemon(file, lambda: options.site(file, touch=True), clock, journal, os.environ)
    if daemon.run() == signal.SIGINT:
        raise KeyboardInterrupt
    ctx.exit(0)


def _write(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
