"""All guards."""

from guards import fetching, parsing, telling, writing

GUARDS = (*fetching.GUARDS, *parsing.GUARDS, *telling.GUARDS, *writing.GUARDS)
