"""The pages of docs/ that say what the program says: made from the commands and from the settings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import click

from coranto.cli.app import COMMANDS, app

_CLI = """\
# Commands

<!-- Made from the program by tests/test_cli_pages.py: do not edit. -->

Results go to stdout, progress and whatever failed to stderr. Colour and progress bars appear only on a terminal, and
`NO_COLOR` is obeyed. With `--json` stdout holds one JSON document and nothing else; an error, also one
of usage, is `{"error": [...], "exit": code}` there.

| exit code | meaning |
|---|---|
| 0 | all well |
| 1 | done, but a source or post failed (named on stderr); `check` has findings; `explain` found nothing |
| 2 | wrong usage or settings; nothing was touched |
| 75 | another instance is at work, its process id is named; try later |
| 130 | interrupted |

| variable | meaning |
|---|---|
| `CORANTO_CONFIG` | the settings, where `--config` is not given |
| `SOURCE_DATE_EPOCH` | the instant of the run, in seconds since 1970: the same input then gives the same bytes on any day |
| `NO_COLOR` | no colour |
"""

_SETTINGS = """\
# Settings

<!-- Made from the program by tests/test_cli_pages.py: do not edit. -->

Everything that can stand in `settings.yaml`. Only `site` is required. Durations are written `30s`, `15m`, `2h` or `3d`; paths
are relative to the file, or absolute; in `posts`, `upstreams` and lists the order is the order of priority. An unknown key
is an error. For completion in an editor, point it at `src/coranto/settings/settings.schema.json`.
"""


def cli_page() -> str:
    """docs/cli.md."""
    return _CLI + "".join(f"\n{section}" for name in COMMANDS for section in _sections(name, _command(name)))


def settings_page() -> str:
    """docs/settings.md."""
    from coranto.settings import describe

    page = _SETTINGS
    for path, kind, default, text in describe():
        if "." not in path:
            page += f"\n## `{path}`\n\n{text}\n"
            page += _fact(kind, default) if "section" not in kind else ""
            page += "\n| key | type | default | |\n|---|---|---|---|\n" if _has_keys(path) else ""
        else:
            page += f"| `{path.partition('.')[2]}` | {_cell(kind)} | {_code(default)} | {_cell(text)} |\n"
    return page


def _has_keys(path: str) -> bool:
    from coranto.settings import describe

    return any(other.startswith((f"{path}.", f"{path}[")) for other, *_ in describe())


def _fact(kind: str, default: str) -> str:
    return f"\n{kind}" + (f", default {_code(default)}" if default else "") + "\n"


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text and text != "required" else text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _command(name: str) -> click.Command:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(importlib.import_module(module), attribute)
    return command


def _sections(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for inner, one in command.commands.items():
            yield from _sections(f"{name} {inner}", one)
        return
    context = click.Context(
        command, info_name=name, parent=click.Context(app, info_name="coranto", help_option_names=["-h", "--help"])
    )
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## `coranto {name}`\n\n```\ncoranto {name} {usage}\n```\n\n{_prose(command)}\n{_options(command, context)}"


def _prose(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "") + "\n"


def _options(command: click.Command, context: click.Context) -> str:
    records = [record for one in command.get_params(context) if (record := one.get_help_record(context))]
    rows = "".join(f"| `{_cell(name)}` | {_cell(text)} |\n" for name, text in records if text)
    return f"| option | |\n|---|---|\n{rows}"
