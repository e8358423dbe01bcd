"""After the store was lost: what stands in feeds/ keeps its id, its dates and its place (IDENTITY 20).

The feeds are read back once (`coranto.restore.reading`); every story of theirs is claimed by the entry that says the
same, best agreement first (`coranto.restore.matching`).  A story that no entry claims is given back to the upstream it
came from, that may not list it any more, or to the post whose file is broken just now (`coranto.restore.placing`); so
are the copies that its upstreams list no longer (`coranto.restore.copies`).
"""

from coranto.restore.claiming import claim
from coranto.restore.reading import read_back

__all__ = ["claim", "read_back"]
