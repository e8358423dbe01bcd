"""What all commands share: their names, how they are found, and what an error looks like to a person or a script."""

from __future__ import annotations

import difflib
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import FrameType
from typing import Any, NoReturn

import click

from coranto.cli import say
from coranto.cli.failures import INTERRUPTED, Failed, Refused, explained

# name -> (where its command stands, what it does in one line); in the order in which a person meets them
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("coranto.cli.init:init", "Start a site: settings.yaml, and posts/ with one sample."),
    "build": ("coranto.cli.build:build", "Read posts, poll the upstreams that are due, merge, write what changed."),
    "run": ("coranto.cli.run:run", "Keep the feeds fresh: the daemon."),
    "serve": ("coranto.cli.serve:serve", "Serve what was built, and what the store knows; build nothing."),
    "check": ("coranto.cli.check:check", "Judge settings, posts and written feeds; list what is wrong."),
    "status": ("coranto.cli.status:status", "Show every source: health, last and next poll, why."),
    "explain": ("coranto.cli.explain:explain", "Show why entries are one story, or are not."),
    "add": ("coranto.cli.add:add", "Find the feed at an address, try it, print the lines for settings.yaml."),
    "opml": ("coranto.cli.opml:opml", "Bring subscriptions in from other programs, or take them out."),
}


class Commands(click.Group):
    """A group whose commands are imported when they run; its help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name, or an error that names the nearest one."""
        name = args[0]
        near = [] if name in COMMANDS or name.startswith("-") else difflib.get_close_matches(name, COMMANDS, n=1)
        if near:
            ctx.fail(f'there is no command "{name}"; did you mean "{near[0]}"?')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list of commands in the help, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands before the command; an error from here on is told as JSON if ``--json`` stands anywhere."""
        ctx.meta[say.JSON] = "--json" in takewhile(lambda arg: arg != "--", args)
        try:
            return super().parse_args(ctx, args)
        except click.ClickException as error:
            _document(ctx, error.format_message().splitlines(), error.exit_code)
            raise  # click has its own words for a person, on stderr

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's
        """Run a command; an expected error becomes words and an exit code, never a traceback."""
        result = None
        failed: Failed | None = None
        try:
            _stand_somewhere()
            result = super().invoke(ctx)
        except click.ClickException as error:
            _document(ctx, error.format_message().splitlines(), error.exit_code)
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            failed = INTERRUPTED
        except Exception as error:
            failed = explained(error)
            if failed is None:
                raise
        # Out of the except block the interrupted work is let go of: its connections close before the process ends.
        if failed is not None:
            _tell(ctx, failed)
        return result


def _tell(ctx: click.Context, failed: Failed) -> NoReturn:
    for line in failed.lines:
        say.aside(line)
    _document(ctx, failed.lines, failed.code)
    ctx.exit(failed.code)


def _document(ctx: click.Context, lines: Sequence[str], code: int) -> None:
    """The error for a script, if it asked for JSON."""
    if ctx.meta.get(say.JSON):
        say.document({"error": list(lines), "exit": code})


def _stand_somewhere() -> None:
    """Refuse to work in a folder that was deleted: every path would be told wrong."""
    try:
        os.getcwd()  # noqa: PTH109 - light
    except FileNotFoundError:
        raise Refused("the current folder was deleted; go to one that exists (cd), then run this again") from None


@click.group(
    "coranto", cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="coranto", message="%(prog)s %(version)s")
def app() -> None:
    """Posts and upstream feeds flow in; each story comes out once, in the feed of every category it belongs to.

    Exit codes: 0 all well; 1 done, but something failed or was found; 2 wrong usage or settings, nothing was touched;
    75 another coranto is at work, try later; 130 interrupted.
    """


def main() -> None:
    """The program."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show 广州日报 gets escapes, not an error.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # the real streams can
    signal.signal(signal.SIGTERM, _stop)
    app(prog_name="coranto")


def _open_streams() -> None:
    """Put /dev/null where a stream was closed (``>&-``): else the next file that is opened gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """A service manager's SIGTERM ends a run as Ctrl-C does: at once, with nothing half-written."""
    raise KeyboardInterrupt
