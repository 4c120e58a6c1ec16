"""Where enums are used: as input, as output, or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.type_refs import named


@dataclass(slots=True)
class EnumUse:
    """One example coordinate of each use."""

    as_input: str | None = None
    as_output: str | None = None

    @property
    def only_input(self) -> bool:
        return self.as_input is not None and self.as_output is None

    @property
    def both(self) -> bool:
        return self.as_input is not None and self.as_output is not None


def enum_uses(subgraphs: Iterable[SubgraphSchema]) -> dict[str, EnumUse]:
    """The uses of every type name; only those of enums are of interest."""
    uses: defaultdict[str, EnumUse] = defaultdict(EnumUse)
    for schema in subgraphs:
        for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE, Kind.INPUT):
            place = f"{owner.name}.{field.name}"
            use = uses[named(field.type)]
            if owner.kind is Kind.INPUT:
                use.as_input = use.as_input or place
            else:
                use.as_output = use.as_output or place
            for argument in field.arguments.values():
                use = uses[named(argument.type)]
                use.as_input = use.as_input or f"{place}({argument.name}:)"
    return uses
