"""``coranto serve``: the feeds over HTTP, and nothing else."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from coranto.cli import options, say
from coranto.cli.failures import DONE, INTERRUPTED, Unable

_GLANCE = 0.5  # seconds


@click.command()
@click.option("--host", metavar="ADDRESS", default="", help="Where to listen.  [default: serve.host, else 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="The port; 0 is any free one.  [default: serve.port, else 8080]",
)
@options.common
@click.pass_context
def serve(ctx: click.Context, file: Path, *, as_json: bool, host: str, port: int | None) -> None:
    """Serve what was built, and what the store knows, until stopped; build nothing.

    Feeds, pages and OPML are those in the folder of feeds, and change as it does.  /status, /metrics and the alerts are
    for this machine only, unless serve.operators names more.  `coranto run` serves too, so this is for sites that are
    built by cron or by hand.  SIGTERM or Ctrl-C ends it.
    """
    from coranto.clock import SystemClock
    from coranto.server.serving import ServeError, Serving

    settings = options.site(file, touch=True)
    over = threading.Event()
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        over.set()

    try:
        serving = Serving(settings, SystemClock().now, host=host, port=port)
    except ServeError as error:
        raise Unable(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if as_json:
        say.document({"address": serving.address, "feeds": str(settings.feeds.root)})
    say.aside(f"serving {say.shown(settings.feeds.root)} at {serving.address} (Ctrl-C ends it)")
    while not over.wait(_GLANCE) and not serving.ended:
        pass
    serving.close()
    if not stopped:
        raise Unable("the server ended by itself; please report this")
    ctx.exit(INTERRUPTED.code if stopped[0] == signal.SIGINT else DONE)  # nothing was at work that could be told of
