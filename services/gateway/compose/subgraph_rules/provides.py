"""`@provides`: a selection of external fields, on object fields of composite type only."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.field_sets import walk
from services.gateway.compose.model import COMPOSITE, Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.subgraph_rules._field_set_checks import check_field_set, is_external
from services.gateway.compose.type_refs import named


def check_provides(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """The PROVIDES_* family."""
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE):
        if field.provides is None:
            continue
        place = f"{owner.name}.{field.name}"
        target = schema.types.get(named(field.type))
        if target is None or target.kind not in COMPOSITE:
            yield CompositionError(
                "PROVIDES_ON_NON_OBJECT_FIELD",
                f'@provides on "{place}": its type "{field.type}" has no fields to provide',
                schema.name,
                field.line,
                place,
            )
            continue
        if owner.kind is Kind.INTERFACE:
            yield CompositionError(
                "PROVIDES_UNSUPPORTED_ON_INTERFACE",
                f'@provides on "{place}": fields of interfaces cannot have it',
                schema.name,
                field.line,
                place,
                "put it on the fields of the implementations",
            )
            continue
        errors = list(check_field_set(schema, "provides", place, target.name, field.provides))
        yield from errors
        if errors or schema.dialect.is_fed_1 or field.provides.selection is None:
            continue
        for step in walk(schema, target.name, field.provides.selection):
            if step.field is None or getattr(step.node, "selection_set", None) is not None:
                continue
            if not is_external(schema, step.parent, step.field.name) and not any(
                each.external for each in step.ancestors
            ):
                yield CompositionError(
                    "PROVIDES_FIELDS_MISSING_EXTERNAL",
                    f'on {place}, for @provides(fields: "{field.provides.text}"): '
                    f'"{step.parent}.{step.field.name}" is answered by this subgraph anyway',
                    schema.name,
                    field.line,
                    place,
                    f'mark "{step.parent}.{step.field.name}" @external, or leave it out of @provides',
                )
