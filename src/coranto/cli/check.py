"""``coranto check``: what is wrong, all of it, with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coranto.cli import options, say
from coranto.cli.failures import PARTLY, REFUSED
from coranto.settings.problems import Problem, SettingsError

if TYPE_CHECKING:
    from coranto.inspect.findings import Finding


@click.command()
@options.common
@click.pass_context
def check(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Judge settings, posts, upstream files and written feeds; list what is wrong.

    Nothing is asked, written or locked.  Each finding is a line on stdout, with file and line.  Notes are told, but
    count for nothing.  Exit code 1 if there are findings; 2 if the settings cannot be used: then only they are judged.
    """
    try:
        settings = options.site(file, touch=False)
    except SettingsError as error:
        _refuse(ctx, error.problems, as_json=as_json)
        return
    from coranto.inspect.checks import Tally
    from coranto.inspect.checks import check as judge
    from coranto.store import looking_into

    tally = Tally()
    with looking_into(settings.store) as store:
        findings = _told(judge(settings, store, tally, options.now()), as_json=as_json)
    wrong = sum(finding.level != "note" for finding in findings)
    if as_json:
        say.document({"findings": [_object(finding) for finding in findings]})
    else:
        looked = f"{say.count(tally.posts, 'post')}, {say.count(tally.feeds, 'written feed')}"
        say.aside(f"{say.count(wrong, 'finding')} in settings, {looked}")
    if wrong:
        ctx.exit(PARTLY)


def _told(findings: Iterable[Finding], *, as_json: bool) -> list[Finding]:
    """The findings; each is told as soon as it is found."""
    found = []
    for finding in findings:
        found.append(finding)
        if not as_json:
            say.out(_line(finding))
    return found


def _line(finding: Finding) -> str:
    line = f":{finding.line}" if finding.line else ""
    level = "" if finding.level == "error" else f"{finding.level}: "
    return f"{say.shown(finding.where)}{line}: {level}{finding.message}"


def _object(finding: Finding) -> dict[str, object]:
    return {
        "where": finding.where,
        "line": finding.line or None,
        "message": finding.message,
        "level": finding.level,
    }


def _refuse(ctx: click.Context, problems: tuple[Problem, ...], *, as_json: bool) -> None:
    if as_json:
        say.document({"findings": [_of_problem(problem) for problem in problems]})
    else:
        for problem in problems:
            say.out(str(problem))
    ctx.exit(REFUSED)


def _of_problem(problem: Problem) -> dict[str, object]:
    message = f"{problem.key}: {problem.message}" if problem.key else problem.message
    return {"where": str(problem.file), "line": problem.line or None, "message": message, "level": "error"}
