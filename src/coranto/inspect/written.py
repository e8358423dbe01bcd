"""The feeds as they stand in the folder that is published: are they ours, whole, well-formed, valid?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from coranto.edition.feeds import address
from coranto.inspect import document
from coranto.inspect.findings import Finding
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.writers import FILES

_LISTS = "opml.xml"
_REBUILD = 'run "coranto build", which writes it anew'


def check(settings: Settings, store: Store | None) -> Iterator[Finding]:
    """What is wrong with the written feeds, by path."""
    root = settings.feeds.root
    if store is not None:
        yield from _outputs(root, store)
    for path in _feeds(settings, store):
        folder, _, name = path.rpartition("/")
        own = f"{address(settings, folder)}{name}" if folder else f"{settings.site.url}{name}"
        yield from document.check(root / path, own)


def count(settings: Settings, store: Store | None) -> int:
    """How many documents there are to judge."""
    return sum(1 for _ in _feeds(settings, store))


def _outputs(root: Path, store: Store) -> Iterator[Finding]:
    """Files of ours that are gone, or that somebody changed."""
    for output in store.outputs.all():
        file = root / output.path
        try:
            found = file.stat()
            same = (found.st_size, found.st_mtime_ns) == (output.size, output.mtime_ns)
            if not same and hashlib.sha256(file.read_bytes()).hexdigest() != output.sha256:
                yield Finding(where=str(file), message=f"is not as it was written; {_REBUILD}")
        except FileNotFoundError:
            yield Finding(where=str(file), message=f"is missing; {_REBUILD}")
        except OSError as error:
            yield Finding(where=str(file), message=f"cannot be read ({error.strerror or error})")


def _feeds(settings: Settings, store: Store | None) -> Iterator[str]:
    """The documents that readers fetch: those that we wrote; if nobody remembers, those that look like ours."""
    names = {*FILES.values()}
    root = settings.feeds.root
    known = [output.path for output in store.outputs.all()] if store is not None else []
    paths = known or sorted(
        file.relative_to(root).as_posix() for file in (*root.glob("*/*.xml"), *root.glob("*/*.json"), root / _LISTS)
    )
    for path in paths:
        if (path.rpartition("/")[2] in names or path == _LISTS) and (root / path).is_file():
            yield path
