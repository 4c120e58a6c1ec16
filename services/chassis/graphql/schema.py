"""The federated schema every subgraph builds: cached parse and validation, and entity resolution that one bad representation
cannot spoil (Strawberry's own raises for an unknown type and for a key it did not expect)."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

import strawberry.federation
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.federation.schema import FederationAny
from strawberry.types import ExecutionContext, Info

from services.chassis.graphql.scalars import MOMENTS

# Understood by every composer in use today; Strawberry's default is newer than some of them know.
_FEDERATION_VERSION: Literal["2.9"] = "2.9"


class Schema(strawberry.federation.Schema):
    """A subgraph's schema. Entity types define `resolve_reference(cls, info, <keys…>)`, which returns an awaitable from a
    per-request DataLoader, so that all representations of a request cost one read."""

    def __init__(self, *, query: type, types: Iterable[type] = (), **kwargs: Any) -> None:
        self._resolvers: dict[str, tuple[Callable[..., Any], inspect.Signature]] = {}
        super().__init__(
            query=query,
            types=types,
            extensions=[lambda: ParserCache(maxsize=512), lambda: ValidationCache(maxsize=512)],
            federation_version=_FEDERATION_VERSION,
            scalar_overrides=MOMENTS,
            **kwargs,
        )

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Logs nothing: strawberry would write out what the caller typed; `formatted` logs what was unexpected, once."""

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> list[FederationAny]:
        """`_entities`: an awaitable, a value or an error for each representation, in order."""
        return [self._entity(info, representation) for representation in representations]  # type: ignore[misc]  # awaitables, as GraphQL allows

    def _entity(self, info: Info, representation: Any) -> Awaitable[Any] | Any:
        name = representation.get("__typename")
        if name not in self._resolvers:
            found = self.schema_converter.type_map.get(name)
            origin = getattr(found.definition, "origin", None) if found else None
            if origin is None or not hasattr(origin, "resolve_reference"):
                return GraphQLError(f"{name} is not an entity of this subgraph")
            resolve = origin.resolve_reference
            self._resolvers[name] = (resolve, inspect.signature(resolve))
        resolve, signature = self._resolvers[name]
        keys = {_snake(key): value for key, value in representation.items() if key != "__typename"}
        try:
            arguments = signature.bind(
                info, **{key: value for key, value in keys.items() if key in signature.parameters}
            )
        except TypeError:
            return GraphQLError(f"this representation of {name} lacks its key")
        return resolve(*arguments.args, **arguments.kwargs)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
