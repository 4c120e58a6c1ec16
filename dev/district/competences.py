"""Translates our own category codes into those of the tree in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dev.district.categories import theme_of, themes
from dev.district.model import Category


class Codes:
    """The categories in use, and which of them a theme or a code of ours stands for."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self.categories = categories
        self.tops = [category for category in categories if category["parent"] is None]
        self._known = {category["code"]: category for category in categories}
        self._themes: dict[str, list[str]] = {theme: [] for theme in themes()}
        for top in self.tops:
            self._themes[theme_of(top)].append(top["code"])

    def of(self, codes: Iterable[str]) -> list[str]:
        """The codes in use for ours: a theme's top-level ones, a known code, else nothing."""
        return [code for own in codes for code in self._themes.get(own, [own] if own in self._known else [])]

    def all(self) -> list[str]:
        """Every top-level code."""
        return [top["code"] for top in self.tops]

    def disputes(self) -> list[Category]:
        """Categories with a dispute type that no ancestor of the same type covers already."""
        return [
            category
            for category in self.categories
            if category["dispute_type"]
            and all(self._known[above]["dispute_type"] != category["dispute_type"] for above in category["path"][:-1])
        ]

    def settled_in_community(self) -> list[str]:
        """Small disputes that the community committee takes up first (M-03)."""
        return [
            category["code"]
            for category in self.disputes()
            if category["dispute_type"] in {"neighbour", "family", "other"}
        ]
