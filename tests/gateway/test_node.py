"""The gateway's own `node`, `nodes` and `nodeId`: no subgraph knows of them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from graphql import print_schema, print_type

from services.gateway.compose import Subgraph, compose
from services.gateway.node_ids import decode_id, encode_id
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import print_plan
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.supergraph import Supergraph, load_supergraph
from tests.gateway.federation import LINK, Federation, Ref, World, federate_with_node_fields
from tests.gateway.servers import suite

INTAKE = """
type Query { report: Report reports: [Report!]! areas: [Area!]! }
interface Titled { title: String }
type Report implements Titled @key(fields: "id") { id: ID! title: String secret: Secret @inaccessible }
type Area @key(fields: "code level") { code: String! level: Int! title: String }
type Secret @key(fields: "id") @inaccessible { id: ID! }
type Sealed @key(fields: "id") { id: ID! @inaccessible note: String }
type Order @key(fields: "id", resolvable: false) { id: ID! }
"""
ROUTING = """
interface Titled { title: String }
type Report @key(fields: "id") { id: ID! orders: [Order!] }
type Order implements Titled @key(fields: "id") { id: ID! title: String report: Report! state: State! }
enum State { OPEN DONE }
"""
REPORT, ORDER = encode_id("Report", ["r1"]), encode_id("Order", ["o1"])
AREA = encode_id("Area", ["310", 2])


@pytest.fixture
def world() -> World:
    world = World({"report": Ref("Report", "r1"), "reports": [Ref("Report", "r1"), Ref("Report", "r2")]})
    world.add("Report", "r1", title="Lamp", orders=[Ref("Order", "o1")])
    world.add("Report", "r2", title="Road", orders=[])
    world.add("Order", "o1", title="Mend it", report=Ref("Report", "r1"), state="OPEN")
    world.add("Area", "a1", code="310", level=2, title="Street 310")
    world.add("Secret", "s1")
    world.add("Sealed", "x1", note="no")
    return world


@pytest.fixture
def federation(world: World) -> Federation:
    return federate_with_node_fields(world, intake=INTAKE, routing=ROUTING)


async def node(federation: Federation, node_id: str, selections: str) -> Any:
    answer = await federation.ask(f"query ($id: ID!) {{ node(id: $id) {{ {selections} }} }}", {"id": node_id})
    assert "errors" not in answer
    return answer["data"]["node"]


async def test_an_object_is_found_by_the_id_it_has_wherever_it_is_seen(federation: Federation) -> None:
    seen = await federation.ask("{ report { nodeId orders { gid: nodeId report { nodeId id } } } }")

    assert seen == {
        "data": {"report": {"nodeId": REPORT, "orders": [{"gid": ORDER, "report": {"nodeId": REPORT, "id": "r1"}}]}}
    }
    assert await node(federation, REPORT, "__typename nodeId ... on Report { id title orders { state } }") == {
        "__typename": "Report",
        "nodeId": REPORT,
        "id": "r1",
        "title": "Lamp",
        "orders": [{"state": "OPEN"}],
    }
    assert await node(federation, AREA, "... on Area { code level title nodeId }") == {
        "code": "310",
        "level": 2,
        "title": "Street 310",
        "nodeId": AREA,
    }


async def test_aliases_fragments_and_interfaces_work_as_on_any_interface(federation: Federation) -> None:
    query = """
    query ($order: ID!) {
      first: node(id: "%s") { ...Head ... on Report { id: title key: id } }
      other: node(id: $order) { ...Head ... on Order { title state } }
    }
    fragment Head on Node { kind: __typename ... on Titled { heading: title } }
    """
    assert await federation.ask(query % REPORT, {"order": ORDER}) == {
        "data": {
            "first": {"kind": "Report", "heading": "Lamp", "id": "Lamp", "key": "r1"},
            "other": {"kind": "Order", "heading": "Mend it", "title": "Mend it", "state": "OPEN"},
        }
    }


async def test_nodes_keep_their_order_and_ask_each_subgraph_once_a_wave(federation: Federation) -> None:
    missing = encode_id("Report", ["r9"])
    answer = await federation.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Report { title } ... on Order { state } } }",
        {"ids": [ORDER, missing, REPORT, "nonsense", ORDER]},
    )

    order, report = {"__typename": "Order", "state": "OPEN"}, {"__typename": "Report", "title": "Lamp"}
    assert answer == {"data": {"nodes": [order, None, report, None, order]}}
    assert sorted(name for name, _ in federation.calls) == ["intake", "routing"]


async def test_too_many_ids_are_refused_before_any_subgraph_is_asked(federation: Federation) -> None:
    answer = await federation.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { nodeId } }", {"ids": [REPORT for _ in range(101)]}
    )

    assert answer["data"] is None
    assert answer["errors"][0]["path"] == ["nodes"]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert federation.calls == []


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "r1",
        "N1",
        "N1!!!!",
        "N2" + REPORT[2:],
        REPORT + "=",
        REPORT.replace("N1", "N1 "),
        "N1" + base64.urlsafe_b64encode(b'["Report", "r1"]').decode().rstrip("="),
        encode_id("Report", ["r1", "r1"]),
        encode_id("Report", [1]),
        encode_id("Area", ["310"]),
        encode_id("Area", ["310", "2"]),
        encode_id("Area", ["310", True]),
        encode_id("Secret", ["s1"]),
        encode_id("Sealed", ["x1"]),
        encode_id("Query", ["x"]),
        encode_id("Titled", ["r1"]),
        encode_id("Node", ["r1"]),
        encode_id("Nothing", ["r1"]),
        encode_id("State", ["OPEN"]),
        encode_id("Report", ["x" * 2000]),
        "N1" + base64.urlsafe_b64encode(b"[" * 700).decode(),
        "N1" + base64.urlsafe_b64encode(b'["Report",{"a":1}]').decode().rstrip("="),
    ],
)
async def test_an_id_that_is_none_of_ours_is_null_and_asks_nobody(federation: Federation, foreign: str) -> None:
    assert await node(federation, foreign, "__typename nodeId") is None
    assert federation.calls == []


async def test_an_object_that_is_not_there_is_null_even_if_only_its_id_is_asked(federation: Federation) -> None:
    missing = encode_id("Report", ["r9"])

    assert await node(federation, missing, "nodeId") is None
    assert await node(federation, missing, "__typename") is None
    assert await node(federation, missing, "... on Report { id }") is None
    assert await node(federation, missing, "... on Report { orders { id } }") is None


async def test_an_object_of_another_type_than_the_id_says_is_null(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CVE-2025-22151: an id of one type must not open an object of another."""
    forged = encode_id("Order", ["r1"])
    home = federation.transport.subgraphs["local:routing"]
    entity = home._entity
    monkeypatch.setattr(home, "_entity", lambda asked: entity({**asked, "__typename": "Report"}))

    assert await node(federation, forged, "__typename nodeId ... on Order { id }") is None


async def test_the_other_fields_stand_when_the_subgraph_that_must_confirm_is_away(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federation.transport.subgraphs["local:intake"], "answer", lambda body: {})
    answer = await federation.ask(
        f'{{ gone: node(id: "{REPORT}") {{ nodeId }} there: node(id: "{ORDER}") {{ nodeId }} }}'
    )

    assert answer["data"] == {"gone": None, "there": {"nodeId": ORDER}}
    assert answer["errors"][0]["extensions"]["serviceName"] == "intake"


def test_hidden_types_and_keys_have_no_id(federation: Federation) -> None:
    schema = federation.supergraph.schema

    assert "Secret" not in schema.type_map
    assert "nodeId" not in print_type(schema.type_map["Sealed"])
    assert "_hy" not in print_schema(schema)
    assert (
        print_type(schema.type_map["Node"])
        == '"""An object with a global id."""\ninterface Node {\n  """Finds this object again with `node`; opaque."""\n  nodeId: ID!\n}'
    )
    assert "implements Titled & Node" in print_type(schema.type_map["Report"])


def test_the_plan_shows_ids_becoming_representations(federation: Federation) -> None:
    assert (
        plan(
            federation.supergraph, "query ($id: ID!) { node(id: $id) { ... on Report { title } ... on Order { id } } }"
        )
        == """
QueryPlan {
  Sequence {
    Fetch(service: "huying:node") {
      node(id: $id) {
        __typename
        ... on Order {
          id
        }
        ... on Report {
          id
        }
      }
    }
    Parallel {
      Flatten(path: "node|[Order]") {
        Fetch(service: "routing") {
          {
            ... on Order {
              __typename
              id
            }
          } =>
          {
            ... on Order {
              _hy_confirmed: __typename
            }
          }
        }
      }
      Flatten(path: "node|[Report]") {
        Fetch(service: "intake") {
          {
            ... on Report {
              __typename
              id
            }
          } =>
          {
            ... on Report {
              title
              _hy_confirmed: __typename
            }
          }
        }
      }
    }
  }
}
"""
    )


def plan(supergraph: Supergraph, text: str) -> str:
    selected = select_operation(parse_document(text, max_tokens=1000), None)
    operation = normalize(supergraph, selected, {}, max_selections=1000)
    return "\n" + print_plan(plan_operation(Graph(supergraph), operation))


@pytest.mark.parametrize(
    "sdl",
    [
        'type Query { node(id: ID!): A } type A @key(fields: "id") { id: ID! }',
        'type Query { a: A } interface Node { id: ID! } type A implements Node @key(fields: "id") { id: ID! }',
        'type Query { a: A } type A @key(fields: "id") { id: ID! nodeId: String }',
        "type Query { a: Int }",
    ],
    ids=["field", "interface", "nodeId", "no entity"],
)
def test_a_supergraph_with_node_fields_of_its_own_keeps_them(sdl: str) -> None:
    composed = compose([Subgraph("a", "http://a", LINK + sdl)]).supergraph_sdl
    assert composed is not None

    assert print_schema(load_supergraph(composed, node_fields=True).schema) == print_schema(
        load_supergraph(composed).schema
    )


def test_ids_are_read_back_and_safe_in_a_url() -> None:
    for typename, values in (("Report", ("report_01",)), ("区", ("街道/一", 7)), ("A", (True, -1, 1.5, "?&=#"))):
        text = encode_id(typename, values)

        assert decode_id(text) == (typename, values)
        assert text.isascii()
        assert text.replace("-", "").replace("_", "").isalnum()


async def test_the_setting_switches_it_on(tmp_path: Path, world: World) -> None:
    for setting, expected in ((True, {"data": {"node": {"__typename": "Report"}}}), (False, None)):
        async with (
            suite(tmp_path, world, {"node": setting}, intake=INTAKE, routing=ROUTING) as started,
            aiohttp.ClientSession() as session,
            session.post(started.url, json={"query": f'{{ node(id: "{REPORT}") {{ __typename }} }}'}) as response,
        ):
            answer = await response.json()
            assert answer == expected or (expected is None and "errors" in answer)


async def test_nodes_cost_what_they_are_asked_for(tmp_path: Path, world: World) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { nodeId ... on Report { title } } }"
    async with (
        suite(tmp_path, world, {"node": True, "max_cost": 50}, intake=INTAKE, routing=ROUTING) as started,
        aiohttp.ClientSession() as session,
    ):

        async def code(body: dict[str, Any]) -> str | None:
            async with session.post(started.url, json=body) as response:
                errors = (await response.json()).get("errors")
                return str(errors[0]["extensions"]["code"]) if errors else None

        assert await code({"query": query, "variables": {"ids": [REPORT] * 40}}) is None
        assert await code({"query": query, "variables": {"ids": [REPORT] * 60}}) == "COST_ESTIMATED_TOO_EXPENSIVE"
        assert await code({"query": f'{{ nodes(ids: "{REPORT}") {{ nodeId }} }}'}) is None
        many = ", ".join(f'"{REPORT}"' for _ in range(60))
        assert await code({"query": f"{{ nodes(ids: [{many}]) {{ nodeId }} }}"}) == "COST_ESTIMATED_TOO_EXPENSIVE"
