"""The federation that the gateways are measured with: its size, its plan, and subgraphs that answer what is asked."""

import json
from typing import Any

import pytest

from bench.gateway import federation
from bench.gateway.subgraphs import Subgraph
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import print_plan
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.supergraph import Supergraph, load_supergraph


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    return load_supergraph(federation.supergraph({name: f"http://{name}.example" for name in federation.SUBGRAPHS}))


def test_deep_answer_has_the_size_that_is_claimed(supergraph: Supergraph) -> None:
    answer = federation.expected(supergraph.schema, federation.DEEP)

    assert federation.size(answer["data"]) == (390, 1383)
    assert round(len(json.dumps(answer, separators=(",", ":"))) / 1000) == 87


def test_deep_operation_takes_seven_requests(supergraph: Supergraph) -> None:
    """INVARIANT: the figures are compared with those of planners that need seven; one more would be a worse plan."""
    selected = select_operation(parse_document(federation.DEEP, max_tokens=1_000), None)
    operation = normalize(supergraph, selected, {}, max_selections=1_000)

    plan = print_plan(plan_operation(Graph(supergraph), operation))

    assert plan.count("Fetch(service:") == 7


@pytest.mark.parametrize("name", federation.OPERATIONS)
def test_never_seen_operation_asks_the_same_under_another_name(supergraph: Supergraph, name: str) -> None:
    usual = federation.expected(supergraph.schema, federation.OPERATIONS[name])["data"]

    aliased = federation.expected(supergraph.schema, federation.never_seen(name))["data"]

    assert list(aliased) == [federation.ALIAS, *list(usual)[1:]]
    assert list(aliased.values()) == list(usual.values())


@pytest.mark.parametrize(
    ("subgraph", "operation", "variables"),
    [
        ("accounts", "{ users { a: id ...Name } you: user(id: 2) { __typename } } fragment Name on User { name }", {}),
        ("products", "query($n: Int = 2) { topProducts(first: $n) { upc ... on Product { price } price } }", {}),
        ("products", "query($n: Int = 2) { topProducts(first: $n) { upc } }", {"n": 1}),
        ("accounts", "query($s: Boolean!) { me { id @skip(if: $s) name @include(if: $s) } }", {"s": True}),
    ],
)
def test_subgraph_answers_as_graphql_core_does(
    supergraph: Supergraph, subgraph: str, operation: str, variables: dict[str, Any]
) -> None:
    answer = _ask(Subgraph(subgraph), operation, variables)

    assert answer == federation.expected(supergraph.schema, operation, variables)


def test_subgraph_knows_only_its_own_fields() -> None:
    answer = _ask(Subgraph("accounts"), "{ me { id reviews { id } } }", {})

    assert list(answer) == ["errors"]


def test_required_fields_are_taken_from_the_representation() -> None:
    operation = """query($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Product { shippingEstimate } }
    }"""
    representations = [
        {"__typename": "Product", "upc": "1", "price": 10, "weight": 70},
        {"__typename": "Product", "upc": "1"},
    ]

    answer = _ask(Subgraph("inventory"), operation, {"representations": representations})

    assert answer == {"data": {"_entities": [{"shippingEstimate": 35}, {"shippingEstimate": None}]}}


def _ask(subgraph: Subgraph, operation: str, variables: dict[str, Any]) -> Any:
    answer = subgraph.answer(json.dumps({"query": operation, "variables": variables}).encode())
    return json.loads(answer.partition(b"\r\n\r\n")[2])
