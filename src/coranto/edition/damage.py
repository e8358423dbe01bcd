"""Files of ours that somebody changed or removed.  Light: every run asks, also one in which nothing changed."""

from __future__ import annotations

from coranto.publish import Publisher
from coranto.store import Store

LISTS = ""  # the folder of index.html and opml.xml; as a category's key: all stories


def mark_damaged(store: Store, publisher: Publisher) -> None:
    """Let the categories be looked at again whose files are not as we wrote them."""
    damaged = {output.folder for output in store.outputs.all() if not publisher.intact(output)}
    if damaged:
        keys = {naming.key for naming in store.outputs.categories().values() if naming.folder in damaged}
        store.outputs.mark(sorted(keys | {LISTS}))
