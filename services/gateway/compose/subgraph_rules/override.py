"""`@override`: not from oneself, not on interfaces, not together with `@external`, and with a sound label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-:./]*")
_PERCENT = re.compile(r"percent\((\d{1,2}(\.\d{1,8})?|100(\.0{1,8})?)\)")


def check_override(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """The OVERRIDE_* codes one subgraph can break alone."""
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE):
        if field.override is None:
            continue
        place = f"{owner.name}.{field.name}"

        def error(code: str, message: str, line: int | None = field.line, at: str = place) -> CompositionError:
            return CompositionError(code, message, schema.name, line, at)

        if owner.kind is Kind.INTERFACE:
            yield error(
                "OVERRIDE_ON_INTERFACE",
                f'"{place}" is a field of an interface and cannot be overridden',
            )
            continue
        label = field.override.label
        if label is not None and not _NAME.fullmatch(label) and not _PERCENT.fullmatch(label):
            yield error(
                "OVERRIDE_LABEL_INVALID",
                f'label "{label}" on "{place}" is neither a name (a letter, then letters, digits or _-:./) '
                "nor percent(0 to 100, at most 8 decimals)",
            )
            continue
        if field.external:
            yield error(
                "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
                f'"{place}" cannot take the field over and be @external at the same time',
            )
        if field.override.source == schema.name:
            yield error("OVERRIDE_FROM_SELF_ERROR", f'"{place}" is overridden from its own subgraph')
