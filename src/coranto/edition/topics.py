"""Documents that changed, by the addresses under which a hub knows them (WebSub 2: topics)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from coranto.store.outputs import Output
from coranto.writers import FILES
from coranto.writers.addresses import iri


def changed(base: str, outputs: Iterable[Output], known: Mapping[str, Output], written: Container[str]) -> list[str]:
    """The self links of a folder's feed documents whose bytes are others; pages and packed copies are no topics.

    Others than those that we remember, not: written just now.  A run that was killed had written some already.

    Args:
        base: the absolute address of the folder, with a slash at the end.
        outputs: its files as they are now.
        known: as we remember them, by path.
        written: paths that were written just now; they count where nothing is remembered.
    """
    others = [
        one for one in outputs if (known[one.path].sha256 != one.sha256 if one.path in known else one.path in written)
    ]
    names = [one.path.removeprefix(f"{one.folder}/") for one in others]
    return [iri(base) + name for name in names if name in FILES.values()]
