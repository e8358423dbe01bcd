"""``coranto explain``: why entries are one story, or are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coranto.cli import options, say
from coranto.cli.failures import PARTLY, Unable
from coranto.client.address import without_login

if TYPE_CHECKING:
    from coranto.inspect.explanations import Account, Key, Voice
    from coranto.model import Failure

_STATES = {
    "waiting": "its date has not come; it is published then",
    "withdrawn": "not published: its post was deleted or unpublished, or its source took it back",
    "dropped": "not published: a word of `drop` stands in it",
    "held": "held back: its source lists it again under a new id and link; `coranto status` says more",
    "purged": "its words are not kept any more; its id stays",
}
_FORCES = {
    "joins": "shared within the story",
    "alone": "",
    "dead": "dead: several articles of this source share it",
    "withdrawn": "joins nothing while its entry is not published",
    "ignored": "ignored by identity.ignore",
}


@click.command()
@click.argument("what", metavar="WHAT")
@options.common
@click.pass_context
def explain(ctx: click.Context, what: str, file: Path, *, as_json: bool) -> None:
    """Show why entries are one story, or are not.

    WHAT names an entry or story: its public id or an alias, an address (tracking parameters do not matter), an infoCode,
    the id that its source gives it, a key as shown here, or the path of a post.  Nothing is asked, written or locked.
    """
    settings = options.site(file, touch=False)
    what = say.legible(what)
    from coranto.inspect.explanations import Explainer
    from coranto.inspect.finding import Finder
    from coranto.store import looking_into

    with looking_into(settings.store) as store:
        if store is None:
            raise Unable('nothing is known yet: run "coranto build" first')
        finder = Finder(store, settings, Path.cwd())
        failures = finder.failures(what)
        accounts = Explainer(store, settings).explain(finder.entries(what))
    if as_json:
        say.document(
            {"stories": [_object(account) for account in accounts], "failed": [_failure(one) for one in failures]}
        )
    else:
        _tell(accounts, failures)
    if not accounts and not failures:
        say.aside(f'nothing is known of "{what}"; give an id, an address, an infoCode, or the path of a post')
    if not accounts:
        ctx.exit(PARTLY)


# -- for a person


def _tell(accounts: Sequence[Account], failures: Sequence[Failure]) -> None:
    for failure in failures:
        line = f":{failure.line}" if failure.line else ""
        say.out(f"{say.shown(failure.where)}{line}: {failure.error}; its last good version, if there is one, stays")
    for number, account in enumerate(accounts):
        if number or failures:
            say.out()
        for line in _lines(account):
            say.out(line)


def _lines(account: Account) -> Iterator[str]:
    winner = account.voices[0]
    yield winner.title or "(no title)"
    yield from (f"  {line}" for line in say.table(_head(account)))
    for number, voice in enumerate(account.voices, start=1):
        yield f"  entry {number} of {len(account.voices)}: {say.shown(voice.where)}"
        yield from (f"    {line}" for line in say.table(_facts(voice)))
    if account.winners:
        yield "  taken from"
        yield from (f"    {line}" for line in say.table(_taken(account)))
    for refusal in account.refusals:
        yield f"  conflict: {refusal.key} would join {say.shown(refusal.entry)}"
        yield f"            and {say.shown(refusal.other)}, but: {refusal.why}"


def _head(account: Account) -> list[tuple[str, str]]:
    if not account.story:
        return [("story", "none: this entry is not published")]
    head = [("id", account.id or "none yet: it was never in the window of a feed")]
    head += [("alias", alias) for alias in account.aliases]
    head.append(("published", _moment(account.published)))
    if account.updated:
        head.append(("updated", _moment(account.updated)))
    filed = ", ".join(one.key if one.title == one.key else f"{one.key} ({one.title})" for one in account.categories)
    head.append(("categories", filed or "none: it stands only in the feed of all"))
    if len(account.voices) > 1:
        head.append(("one because of", ", ".join(_joining(account))))
    return head


def _joining(account: Account) -> list[str]:
    """The keys that hold a story together, strongest first."""
    return list(dict.fromkeys(key.key for voice in account.voices for key in voice.keys if key.force == "joins"))


def _facts(voice: Voice) -> list[tuple[str, str]]:
    facts = [
        ("source", f"{without_login(voice.source)} ({voice.kind})"),
        ("title", voice.title),
        ("date", _moment(voice.published)),
    ]
    facts += [("link", voice.link)] if voice.link else []
    facts += [("its own id", voice.own_id)] if voice.own_id else []
    facts.append(("categories", ", ".join(voice.categories) or "none"))
    facts += [("state", _STATES[voice.state])] if voice.state in _STATES else []
    facts += [("key", _key(key)) for key in voice.keys]
    facts += [("odd", problem) for problem in voice.problems]
    facts += [("doubt", f"{doubt}; the same article as entry 1?") for doubt in voice.doubts]
    return facts


def _key(key: Key) -> str:
    force = _FORCES[key.force]
    return f"{key.key}  ({force})" if force else key.key


def _taken(account: Account) -> list[tuple[str, str]]:
    """Fields that are taken from the same entry stand in one line."""
    fields: dict[str, list[str]] = {}
    for name, where in account.winners.items():
        fields.setdefault(where, []).append(name)
    return [(", ".join(names), say.shown(where)) for where, names in fields.items()]


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "-"


# -- for a script


def _object(account: Account) -> dict[str, object]:
    return {
        "id": account.id or None,
        "aliases": list(account.aliases),
        "title": account.voices[0].title,
        "published": account.published and account.published.isoformat(),
        "updated": account.updated and account.updated.isoformat(),
        "categories": [{"key": one.key, "title": one.title, "folder": one.folder} for one in account.categories],
        "joined_by": _joining(account),
        "entries": [_entry(voice) for voice in account.voices],
        "fields": dict(account.winners),
        "conflicts": [
            {"key": one.key, "entry": one.entry, "other": one.other, "why": one.why} for one in account.refusals
        ],
    }


def _entry(voice: Voice) -> dict[str, object]:
    return {
        "where": voice.where,
        "source": without_login(voice.source),
        "kind": voice.kind,
        "title": voice.title,
        "link": voice.link,
        "own_id": voice.own_id,
        "code": voice.code,
        "published": voice.published.isoformat(),
        "state": voice.state,
        "categories": list(voice.categories),
        "keys": [{"key": key.key, "is": key.force} for key in voice.keys],
        "problems": list(voice.problems),
        "doubts": list(voice.doubts),
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {"path": failure.where, "line": failure.line or None, "error": failure.error}
