"""``coranto status``: how every source is; lets one go that is held."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coranto.cli import options, say
from coranto.cli.failures import Refused, Unable

if TYPE_CHECKING:
    from coranto.inspect.states import SiteState, State
    from coranto.settings import Settings
    from coranto.settings.values import Upstream

_LISTED = 10  # failing posts; `check` and --json name them all
_HEAD = ("SOURCE", "ENTRIES", "HEALTH", "SINCE", "LAST POLL", "NEXT POLL", "WHY")


@click.command()
@click.option(
    "--release",
    metavar="URL",
    help="Let go what is held back of this upstream, or poll it again though it said 410.",
)
@options.common
def status(file: Path, *, as_json: bool, release: str | None) -> None:
    """Show every source: health, since when and why, last and next poll; posts that are wrong; feeds that are cut short.

    By what the last build remembers.  Nothing is asked, written or locked.

    A feed that lists what we know under new ids and links is *held*: those entries are not published a second time,
    new ones are as ever.  With --release, where URL is that of the upstream in the settings, they are: of each title
    the newest.  An upstream that is *gone*, since it said 410, is polled again after --release.  Only this is written,
    and it works beside a running program.
    """
    now = options.now()
    settings = options.site(file, touch=False)
    if release is not None:
        _release(settings, release, now, as_json=as_json)
        return
    from coranto.inspect.states import states
    from coranto.store import looking_into

    with looking_into(settings.store) as store:
        found = states(settings, store)
    if as_json:
        say.document(_document(found))
    else:
        _tell(found, now)


def _release(settings: Settings, url: str, now: datetime, *, as_json: bool) -> None:
    """Beside whatever else is at work on the store: it is one transaction.

    Raises:
        Refused: settings name no such upstream.
        Unable: nothing of it is held back, and it is not gone.
    """
    from coranto.client.address import without_login
    from coranto.intake import condition
    from coranto.store import open_store, read_store

    upstream = _named(settings, url)
    place = without_login(upstream.url)
    store = read_store(settings.store)  # is it there, whole, and of this version?
    if store is None:
        raise Unable('nothing is known yet: run "coranto build" first')
    store.close()
    with closing(open_store(settings.store)) as store:
        revived = condition.revive(store, upstream, now)
        released = condition.release(store, upstream, now)
    if released is None and not revived:
        raise Unable(f"{place} is not held: nothing of it waits to be released")
    if as_json:
        said = {"source": without_login(upstream.key), "place": place, "released": released or 0, "revived": revived}
        say.document(said)
        return
    if revived:
        say.out(f"{place} was gone (410) and is polled again, when its interval is over")
    if released is not None:
        entries = say.count(released, "entry", "entries")
        say.out(f"released {entries} of {place}; the next build publishes them, a running daemon within seconds")


def _named(settings: Settings, url: str) -> Upstream:
    """The upstream that a person means: by its address in the settings, with or without its login, or by its key."""
    import difflib

    from coranto.client.address import without_login

    names = {name: one for one in settings.upstreams for name in (one.key, without_login(one.url), one.url)}
    if url in names:
        return names[url]
    shown = [without_login(one.url) for one in settings.upstreams]
    near = difflib.get_close_matches(url, shown, n=1)
    hint = f'did you mean "{near[0]}"?' if near else "`coranto status` shows them all"
    raise Refused(f'the settings name no upstream "{without_login(url)}"; {hint}')


def _tell(found: SiteState, now: datetime) -> None:
    if found.sources:
        for line in say.table([_HEAD, *(_row(state, now) for state in found.sources)]):
            say.out(line)
    else:
        say.out("no sources yet: write posts or upstreams into the settings, or run `coranto add URL --write`")
    if not found.built:
        say.out("not built yet: run `coranto build`")
        return
    say.out(f"{say.count(found.stories, 'story', 'stories')}, {say.count(found.conflicts, 'conflict')}")
    _tell_failing(found)
    for cut in found.cut:
        say.out(cut.message)
    if found.pings:
        why = found.hub_error or "the next build, or the running daemon, tells it"
        say.out(f"{say.count(found.pings, 'document')} changed that the hub was not told of: {why}")


def _tell_failing(found: SiteState) -> None:
    if found.failing:
        say.out(f"{say.count(len(found.failing), 'post')} cannot be read:")
    for failure in found.failing[:_LISTED]:
        line = f":{failure.line}" if failure.line else ""
        say.out(f"  {say.shown(failure.where)}{line}: {failure.error}")
    if len(found.failing) > _LISTED:
        say.out("  …; `coranto check` names them all")


def _row(state: State, now: datetime) -> tuple[str, ...]:
    from coranto.client.address import without_login

    health = f"{state.health} ({state.failing})" if state.failing and state.kind == "posts" else state.health
    place = without_login(state.place)
    since = _span(now, state.since) if state.since else "-"
    return place, f"{state.entries:,}", health, since, _past(state.last_poll, now), _future(state, now), state.why


def _past(moment: datetime | None, now: datetime) -> str:
    return f"{_span(now, moment)} ago" if moment else "-"


def _future(state: State, now: datetime) -> str:
    if state.next_poll is None:
        return "never" if state.health == "gone" else "next build"
    return "next build" if state.next_poll <= now else f"in {_span(state.next_poll, now)}"


def _span(later: datetime, earlier: datetime) -> str:
    """About how long: ``40 s``, ``12 min``, ``3 h``, ``5 d``."""
    seconds = max(int((later - earlier).total_seconds()), 0)
    for unit, size in (("d", 172_800), ("h", 7200), ("min", 120)):
        if seconds >= size:
            return f"{seconds // (size // 2)} {unit}"
    return f"{seconds} s"


def _document(found: SiteState) -> dict[str, object]:
    return {
        "built": found.built,
        "sources": [_object(state) for state in found.sources],
        "posts": {
            "failed": [{"path": one.where, "line": one.line or None, "error": one.error} for one in found.failing]
        },
        "stories": {"total": found.stories, "conflicts": found.conflicts},
        "hub": {"waiting": found.pings, "error": found.hub_error or None},
        "cut_short": [
            {"folder": cut.folder, "title": cut.title, "young": cut.young, "max_entries": cut.most} for cut in found.cut
        ],
    }


def _object(state: State) -> dict[str, object]:
    from coranto.client.address import without_login

    return {
        "key": without_login(state.key),
        "kind": state.kind,
        "place": without_login(state.place),
        "entries": state.entries,
        "health": state.health,
        "since": state.since and state.since.isoformat(),
        "last_poll": state.last_poll and state.last_poll.isoformat(),
        "next_poll": state.next_poll and state.next_poll.isoformat(),
        "failing": state.failing,
        "error": state.error or None,
        "held": state.held,
        "why": state.why,
    }
