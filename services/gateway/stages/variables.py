"""Variables: coerced against the schema to refuse wrong ones; subgraphs receive them as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLSchema
from graphql.execution.values import get_variable_values

from services.gateway.errors import OperationInvalid
from services.gateway.stages.normalize import SelectedOperation
from services.gateway.stages.parse import with_code


def coerce_variables(schema: GraphQLSchema, selected: SelectedOperation, values: Mapping[str, Any]) -> dict[str, bool]:
    """Check the variables.

    Returns:
        The values of the variables that decide `@skip` and `@include`.

    Raises:
        OperationInvalid: with code BAD_USER_INPUT and every problem.
    """
    definitions = selected.node.variable_definitions
    if not definitions:
        return {}
    coerced = get_variable_values(schema, definitions, dict(values), max_errors=20, hide_suggestions=True)
    if isinstance(coerced, list):
        raise OperationInvalid("BAD_USER_INPUT", [with_code(err, "BAD_USER_INPUT") for err in coerced])
    return {name: bool(coerced.coerced.get(name)) for name in selected.condition_variables}
