"""Type references as the text GraphQL prints (`[Case!]!`), and what can be asked of them."""

from __future__ import annotations

from collections.abc import Callable


def named(ref: str) -> str:
    """The name inside all lists and non-nulls."""
    return ref.strip("[]!")


def is_non_null(ref: str) -> bool:
    return ref.endswith("!")


def nullable(ref: str) -> str:
    return ref.removesuffix("!")


def is_list(ref: str) -> bool:
    """Whether the reference is a list, non-null or not."""
    return ref.startswith("[")


def item(ref: str) -> str:
    """The item type of a list reference."""
    return nullable(ref)[1:-1]


def renamed(ref: str, names: dict[str, str]) -> str:
    """The same shape around another name, where `names` has one."""
    old = named(ref)
    new = names.get(old)
    return ref if new is None else ref.replace(old, new)


def is_subtype(sub: str, general: str, is_possible: Callable[[str, str], bool]) -> bool:
    """Whether `sub` may stand where `general` is promised (covariance, GraphQL spec IsValidImplementationFieldType).

    `is_possible(object_or_interface, abstract)` decides for two different names.
    """
    if is_non_null(general):
        return is_non_null(sub) and is_subtype(nullable(sub), nullable(general), is_possible)
    sub = nullable(sub)
    if is_list(general) or is_list(sub):
        return is_list(general) and is_list(sub) and is_subtype(item(sub), item(general), is_possible)
    return sub == general or is_possible(sub, general)
