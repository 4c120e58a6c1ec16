"""What Strawberry prints in `_service { sdl }` composes as it is."""

from __future__ import annotations

import strawberry
from strawberry import federation

from tests.gateway.compose.harness import definition, supergraph


@federation.type(keys=["id"])
class Case:
    id: strawberry.ID
    title: str = federation.field(shareable=True, tags=["public"])


@strawberry.type(name="Query")
class IntakeQuery:
    @strawberry.field
    def case(self, id: strawberry.ID) -> Case | None:  # noqa: A002 - the name of the argument in the schema
        return None


@federation.type(name="Case", keys=["id"])
class MediatedCase:
    id: strawberry.ID
    title: str = federation.field(external=True)
    summary: str = federation.field(requires=["title"], authenticated=True)


@strawberry.type(name="Query")
class MediationQuery:
    @strawberry.field
    def mediated(self) -> list[MediatedCase]:
        return []


def service_sdl(schema: federation.Schema) -> str:
    data = schema.execute_sync("{ _service { sdl } }").data
    assert data is not None
    return str(data["_service"]["sdl"])


def test_strawberry_subgraphs_compose() -> None:
    sdls = {
        "intake": service_sdl(federation.Schema(IntakeQuery)),
        "mediation": service_sdl(federation.Schema(MediationQuery)),
    }
    assert "join/v0.5" in supergraph(**sdls)
    assert (
        definition("Case", **sdls)
        == """\
type Case @join__type(graph: INTAKE, key: "id") @join__type(graph: MEDIATION, key: "id") {
  id: ID!
  title: String! @join__field(graph: INTAKE) @join__field(graph: MEDIATION, external: true) @tag(name: "public")
  summary: String! @join__field(graph: MEDIATION, requires: "title") @authenticated
}"""
    )
    assert (
        definition("Query", **sdls)
        == """\
type Query @join__type(graph: INTAKE) @join__type(graph: MEDIATION) {
  case(id: ID!): Case @join__field(graph: INTAKE)
  mediated: [Case!]! @join__field(graph: MEDIATION)
}"""
    )
