"""What categories are called, and in which folders they are published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from coranto.model import Category
from coranto.settings.values import CategoryRule, Settings
from coranto.store import Store
from coranto.store.outputs import Naming
from coranto.text import naming


class Titles:
    """The categories of a site.

    Attributes:
        categories: every category by key; an alias is none.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._only = settings.feeds.only
        self._rules: Mapping[str, CategoryRule] = {naming.category_key(rule.name): rule for rule in settings.categories}
        self._aliases = {
            naming.category_key(alias): naming.category_key(rule.name)
            for rule in settings.categories
            for alias in rule.aliases
        }
        self._named = store.outputs.categories()
        self.categories = {key: self._category(known) for key, known in self._named.items() if key not in self._aliases}

    def refresh(self, keys: Iterable[str]) -> None:
        """Name categories anew whose entries changed; one that has another title now shows it wherever it stands."""
        for key in sorted({self.real(key) for key in keys if key}):
            known = self._named.get(key)
            found = Naming(key=key, folder=self._folder(key), title=self._title(key))
            if found != known:
                self._store.outputs.name(found)
                self._named[key] = found
                self._store.outputs.mark_sharing(key)
            self.categories[key] = self._category(found)

    def real(self, key: str) -> str:
        """The key of the category that a key stands for."""
        return self._aliases.get(key, key)

    def folders(self, key: str) -> list[str]:
        """The folders that show a category: its own, and those it was published in before it became an alias."""
        published = set(self._store.outputs.folders())
        former = [self._folder(alias) for alias, real in sorted(self._aliases.items()) if real == key]
        return [self._folder(key), *(folder for folder in former if folder in published)]

    def all_folders(self) -> set[str]:
        """Every folder that a category or an alias owns."""
        return {known.folder for known in self._named.values()} | {self._folder(alias) for alias in self._aliases}

    def _folder(self, key: str) -> str:
        known = self._named.get(key)
        return known.folder if known else naming.folder(key)

    def wanted(self, key: str) -> bool:
        """Whether settings' ``feeds.only`` wants a feed of this category."""
        name = self._rules[key].name if key in self._rules else key
        return not self._only or any(
            fnmatchcase(key, naming.category_key(pattern)) or fnmatchcase(name, pattern) for pattern in self._only
        )

    def _title(self, key: str) -> str:
        """Settings; else what most posts filed under just this one call it; else the name as first written."""
        rule = self._rules.get(key)
        if rule is not None and rule.title:
            return rule.title
        outputs = self._store.outputs
        known = self._named.get(key)
        return outputs.best_label(key) or outputs.first_name(key) or (known.title if known else key)

    def _category(self, known: Naming) -> Category:
        rule = self._rules.get(known.key)
        return Category(
            key=known.key, folder=known.folder, title=known.title, description=rule.description if rule else ""
        )
