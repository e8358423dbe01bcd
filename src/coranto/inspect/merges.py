"""Merges that may be wrong, and joins that were refused: for `coranto check` (E5, IDENTITY 9).  Nothing is split for it."""

from __future__ import annotations

from collections.abc import Iterator

from coranto.client.address import without_login
from coranto.inspect.explanations import Account, Explainer, Voice
from coranto.inspect.findings import Finding
from coranto.model import POSTS
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.lookups import Lookups
from coranto.text import cut

MOST = 30  # of each kind that are told; `coranto build --json` counts all
_TITLE = 60  # characters


def check(store: Store, settings: Settings) -> Iterator[Finding]:
    """Notes on the newest doubtful merges and on the newest refused joins, and how many more there are."""
    explainer = Explainer(store, settings)
    home = f"{settings.file.parent}/"
    doubtful = store.stories.newest_doubtful(MOST)
    for account in explainer.explain(doubtful):  # a story is named by an entry of its own
        yield from _merge(account, home)
    yield from _more(settings, store.stories.doubtful() - len(doubtful), "merges whose entries may not be one")
    refusals = explainer.refusals(MOST)
    for one in refusals:
        message = f"not joined with {_near(one.other, home)} by {one.key}: {one.why}"
        yield Finding(where=without_login(one.entry), message=message, level="note")
    yield from _more(settings, Lookups(store.database).conflicts() - len(refusals), "refused joins")


def _merge(account: Account, home: str) -> Iterator[Finding]:
    """What speaks against a story; of several doubtful entries the best placed stands for all."""
    winner = account.voices[0]
    doubtful = [voice for voice in account.voices if voice.doubts]
    if doubtful:
        more = f" (and {len(doubtful) - 1:,} more)" if len(doubtful) > 1 else ""
        keys = ", ".join(_joining(doubtful[0]))
        message = (
            f"{_called(winner)} is one story with {_called(doubtful[0])} of {_place(doubtful[0], home)}{more}, by {keys}, "
            f"but: {'; '.join(doubtful[0].doubts)}; if these are two articles, put what joins them under identity.ignore"
        )
        yield Finding(where=without_login(winner.where), message=message, level="note")


def _joining(voice: Voice) -> list[str]:
    return [key.key for key in voice.keys if key.force == "joins"]


def _called(voice: Voice) -> str:
    return f'"{cut(voice.title, _TITLE)}"' if voice.title else "(no title)"


def _place(voice: Voice, home: str) -> str:
    """A post's path; the feed of any other entry, since copies often have one address."""
    return _near(voice.where if voice.kind == POSTS else voice.source, home)


def _near(where: str, home: str) -> str:
    return without_login(where).removeprefix(home)


def _more(settings: Settings, number: int, what: str) -> Iterator[Finding]:
    if number > 0:
        yield Finding(where=str(settings.file), message=f"{number:,} more {what}", level="note")
