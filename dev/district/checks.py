"""What a written district must hold: a lead for every matter everywhere; the norm of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dev.district.areas import HOUSEHOLDS
from dev.district.model import Area, Category, Organisation, Post, Rule


def candidates(organisation: Organisation, rule: Rule, category: Category, path: Sequence[str]) -> list[Post]:
    """The posts a rule's lead stands for, for a matter of `category` in the area `path`."""
    lead = rule["lead"]
    if "post_id" in lead:
        return [post for post in organisation["posts"] if post["id"] == lead["post_id"]]
    kinds = {unit["id"]: unit["kind"] for unit in organisation["units"]}
    return [
        post
        for post in organisation["posts"]
        if kinds[post["unit_id"]] == lead["unit_kind"]
        and post["level"] == lead.get("level", post["level"])
        and not set(path).isdisjoint(post["area_ids"])
        and not set(category["path"]).isdisjoint(post["competences"])
    ]


def leads(organisation: Organisation, category: Category, area: Area) -> Iterator[tuple[Rule, list[Post]]]:
    """The rules that hold for a matter, in order, each with the posts it stands for.

    `area_level` holds when the area is known down to that level at least; a rule that finds no
    post is passed over.
    """
    path = area["path"]
    levels = {item["id"]: item["level"] for item in organisation["areas"]}
    known = {levels[area_id] for area_id in path}
    for rule in sorted(organisation["rules"], key=lambda item: item["order"]):
        if rule["category"] is not None and rule["category"] not in category["path"]:
            continue
        if rule["area_level"] is not None and rule["area_level"] not in known:
            continue
        if rule["area_id"] is not None and rule["area_id"] not in path:
            continue
        found = candidates(organisation, rule, category, path)
        if found:
            yield rule, found


def leaves(categories: Sequence[Category]) -> list[Category]:
    """The categories that have no children."""
    parents = {category["parent"] for category in categories}
    return [category for category in categories if category["code"] not in parents]


def household_warnings(areas: Sequence[Area]) -> list[str]:
    """One line for each grid outside the norm of 300-500 households: a warning, not an error."""
    low, high = HOUSEHOLDS
    return [
        f"{area['id']}: {area['households']} households, the norm is {low}-{high}"
        for area in areas
        if area["level"] == "grid" and not low <= (area["households"] or 0) <= high
    ]
