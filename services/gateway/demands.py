"""The arithmetic of demands: groups of which a caller must hold one whole (`@requiresScopes`, `@policy`)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

Groups = tuple[frozenset[str], ...]
"""OR of ANDs; empty means no demand."""


def conjunction(demands: Iterable[Groups]) -> Groups:
    """All of several OR-of-AND demands at once: every combination of their groups, without those another one implies.

    A declaration without demands adds none.
    """
    present = [groups for groups in demands if groups]
    if not present:
        return ()
    combined = {frozenset[str]().union(*choice) for choice in product(*map(set, present))}
    minimal = [group for group in combined if not any(other < group for other in combined)]
    return tuple(sorted(minimal, key=sorted))
