"""Execute: run a prepared operation and answer with the client's data and errors."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from graphql import DocumentNode, GraphQLSchema, execute_sync

from services.gateway.executor.fetch import Execution
from services.gateway.executor.project import UNAUTHORIZED, Place, Violation
from services.gateway.stages.plan import PreparedOperation


async def execute(
    schema: GraphQLSchema, prepared: PreparedOperation, execution: Execution, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The GraphQL response of one request, or of one event when `data` is what the event brought.

    Its `data` may be an `orjson.Fragment`: what the only subgraph sent, passed on as it came.
    """
    if data is None:
        data = {}
        if prepared.passes_through:
            raw = await prepared.plan.waves[0][0].pass_through(data, execution)
            if raw is not None:
                return {"data": raw}
        else:
            await prepared.plan.run(data, execution)
    else:
        await prepared.plan.run(data, execution, skip_waves=1)
    if prepared.introspection is not None:
        data.update(introspect(schema, prepared.introspection, execution.variables))
    result, violations = prepared.projection(data)
    errors = execution.errors
    if violations:
        errors = errors + explain(violations, errors, execution.unknown)
    return {"data": result, "errors": errors} if errors else {"data": result}


def introspect(schema: GraphQLSchema, document: DocumentNode, variables: Any) -> dict[str, Any]:
    """Answers `__schema` and `__type` from the consumer schema."""
    result = execute_sync(schema, document, variable_values=dict(variables))
    return result.data or {}


def explain(violations: list[Violation], errors: list[dict[str, Any]], unknown: Set[Place]) -> list[dict[str, Any]]:
    """Errors for nulls that no error accounts for yet: none at the place, above it or below it.

    A field that is missing because its object is `unknown` is nobody's mistake.
    """
    known = {tuple(error["path"]) for error in errors if error.get("path")}
    above = {path[:length] for path in known for length in range(len(path))}
    unplaced = any(not error.get("path") for error in errors)
    refused = any(len(path) == 1 for path in known)  # a root field that must not be null takes its neighbours with it
    found: list[dict[str, Any]] = []
    for violation in violations:
        path = violation.path
        if violation.code != UNAUTHORIZED and (
            unplaced
            or (refused and len(path) == 1)
            or path in above
            or any(path[:length] in known for length in range(1, len(path) + 1))
        ):
            continue
        code = violation.code
        if code != UNAUTHORIZED and any(path[:length] in unknown for length in range(1, len(path) + 1)):
            code = "NOT_FOUND"
        found.append({"message": violation.message, "path": list(path), "extensions": {"code": code}})
    return found
