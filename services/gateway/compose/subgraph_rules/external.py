"""`@external`: never on interfaces, and only on fields something uses."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError

# What says how a field is answered makes no sense where it is not answered.
_MERGED = ("tag", "inaccessible", "deprecated", "authenticated", "requiresScopes", "policy", "cost")


def check_external(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """EXTERNAL_ON_INTERFACE, EXTERNAL_UNUSED, EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE, MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL.

    Federation 1 schemas are exempt from all of them; unused external fields are dropped there, and TYPE_WITH_ONLY_UNUSED_EXTERNAL
    says where that would leave an empty type.
    """
    if schema.dialect.is_fed_1:
        yield from _check_only_unused(schema)
        return
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE):
        if not field.marked_external and not field.external:
            continue
        place = f"{owner.name}.{field.name}"

        def error(
            code: str,
            message: str,
            mend: str | None = None,
            line: int | None = field.line,
            at: str = place,
        ) -> CompositionError:
            return CompositionError(code, message, schema.name, line, at, mend)

        if owner.kind is Kind.INTERFACE:
            yield error(
                "EXTERNAL_ON_INTERFACE",
                f'"{place}" is a field of an interface and cannot be @external',
                "mark the fields of the implementations",
            )
            continue
        if (owner.name, field.name) not in schema.uses:
            yield error(
                "EXTERNAL_UNUSED",
                f'"{place}" is @external but no @key, @requires, @provides or interface uses it',
                f'remove "{place}" from this subgraph, or @external from it',
            )
        if field.requires is not None or field.provides is not None:
            other = "requires" if field.requires is not None else "provides"
            yield error(
                "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
                f'"{place}" cannot be @external and have @{other}',
            )
        for name in _MERGED:
            if name in field.used and field.external:
                yield error(
                    "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
                    f'@{name} on "{place}" has no effect: the field is @external here',
                    f"move @{name} to the subgraph that answers the field",
                )


def _check_only_unused(schema: SubgraphSchema) -> Iterator[CompositionError]:
    for definition in schema.types.values():
        fields = definition.fields.values() if definition.kind is Kind.OBJECT else ()
        if fields and all(each.external and (definition.name, each.name) not in schema.uses for each in fields):
            yield CompositionError(
                "TYPE_WITH_ONLY_UNUSED_EXTERNAL",
                f'"{definition.name}" has only @external fields here, and no @key, @requires or @provides uses any',
                schema.name,
                definition.line,
                definition.name,
                f'remove "{definition.name}" from this subgraph',
            )
