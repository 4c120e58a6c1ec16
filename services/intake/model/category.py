"""The category tree (I-12): each code a fact of its own, old and foreign names kept as aliases."""

import re

import msgspec

from services.intake import events
from services.intake.model.values import DisputeType, Urgency


class CategoryData(msgspec.Struct, frozen=True, kw_only=True):
    """One category as the file of reference data gives it; `path` runs from the root to the code itself."""

    code: str
    name: str
    name_en: str
    path: list[str]
    parent: str | None = None
    dispute_type: DisputeType | None = None
    urgency: Urgency = Urgency.ROUTINE
    aliases: list[str] = []


class Category(msgspec.Struct, kw_only=True):
    """A published category; the aggregate's id is its code."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = {}
    name: str
    name_en: str
    parent: str | None
    path: list[str]
    dispute_type: DisputeType | None
    urgency: Urgency
    aliases: list[str]

    @classmethod
    def publish(cls, given: CategoryData) -> tuple["Category", list[events.CategoryPublished]]:
        """A new category."""
        category = cls(
            id=given.code,
            name=given.name,
            name_en=given.name_en,
            parent=given.parent,
            path=given.path,
            dispute_type=given.dispute_type,
            urgency=given.urgency,
            aliases=given.aliases,
        )
        return category, [category._published()]

    def change(self, given: CategoryData) -> list[events.CategoryPublished]:
        """Take over what `given` says; no event when nothing is different."""
        if self._data() == given:
            return []
        self.name, self.name_en, self.parent, self.path = given.name, given.name_en, given.parent, given.path
        self.dispute_type, self.urgency, self.aliases = given.dispute_type, given.urgency, given.aliases
        return [self._published()]

    def _data(self) -> CategoryData:
        values = {name: getattr(self, name) for name in CategoryData.__struct_fields__ if name != "code"}
        return CategoryData(code=self.id, **values)

    def _published(self) -> events.CategoryPublished:
        return events.CategoryPublished(
            code=self.id,
            name=self.name,
            name_en=self.name_en,
            parent=self.parent,
            path=self.path,
            dispute_type=self.dispute_type,
            urgency=self.urgency,
        )


class Catalogue:
    """All categories, in memory."""

    def __init__(self, categories: list[Category]) -> None:
        self.by_code = {category.id: category for category in categories}
        self._by_name: dict[str, Category] = {}
        for category in sorted(categories, key=lambda c: len(c.path)):
            for name in (category.name, category.name_en, *category.aliases):
                self._by_name.setdefault(_plain(name), category)

    def get(self, code: str) -> Category | None:
        """The category with this code."""
        return self.by_code.get(code)

    def named(self, name: str) -> Category | None:
        """The category with this name or alias, the highest in the tree first."""
        return self._by_name.get(_plain(name))

    def __len__(self) -> int:
        return len(self.by_code)


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip().casefold()
