"""Names of subgraphs as values of the `join__Graph` enum."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable


def graph_enum_names(names: Iterable[str]) -> dict[str, str]:
    """Map every subgraph name to its enum value.

    Upper snake case, everything else an underscore; a name that starts with a digit is wrapped in underscores; names that would
    collide are numbered from 1, in the order of their sorted names.
    """
    by_value: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        by_value[_enum_value(name)].append(name)
    taken = {value for value, owners in by_value.items() if len(owners) == 1}
    result: dict[str, str] = {}
    for value, owners in by_value.items():
        if len(owners) == 1:
            result[owners[0]] = value
            continue
        number = 0
        for owner in owners:
            number += 1
            while f"{value}_{number}" in taken:
                number += 1
            taken.add(f"{value}_{number}")
            result[owner] = f"{value}_{number}"
    return result


def _enum_value(name: str) -> str:
    value = re.sub(r"[^A-Z0-9_]", "_", name.upper())
    if value[:1].isdigit():
        return f"_{value}_"
    return value
