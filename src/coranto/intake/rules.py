"""What settings say about entries: how the same article is known again, and which category an alias stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coranto import identity
from coranto.settings.values import Settings
from coranto.text import naming, urls


@dataclass(frozen=True, slots=True)
class Rules:
    """What settings say about entries: the rules of identity, and which category stands for an alias."""

    identity: identity.Rules
    aliases: Mapping[str, str]  # key of the alias -> name of the category

    def filed(self, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Key and name of each category, aliases resolved, each once."""
        found: dict[str, str] = {}
        for name in names:
            real = self.aliases.get(naming.category_key(name), name)
            found.setdefault(naming.category_key(real), real)
        return tuple(found.items())


def rules_of(settings: Settings) -> Rules:
    """The rules of identity and of categories that settings state, over the built-in ones."""
    known = settings.identity
    rules = identity.Rules(codes=known.info_code, tracking=frozenset(known.tracking), ignore=frozenset(known.ignore))
    aliases = {naming.category_key(alias): rule.name for rule in settings.categories for alias in rule.aliases}
    return Rules(rules, aliases)


def article_url(link: str, rules: identity.Rules) -> str:
    """The canonical form of an address that names an article; '' for none, or for a whole site."""
    url = urls.canonical(link, rules.tracking, rules.keep) if link else ""
    return "" if urls.names_a_site(url) else url
