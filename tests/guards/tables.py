"""All guards."""

from guards import cleaning, fetching, parsing, telling, writing

GUARDS = (*cleaning.GUARDS, *fetching.GUARDS, *parsing.GUARDS, *telling.GUARDS, *writing.GUARDS)
