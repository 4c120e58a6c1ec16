"""`@cost` and `@listSize`: operations that may cost too much are refused before any subgraph is asked."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.errors import RequestRefused
from services.gateway.stages.demand import Cost, DemandControl, compile_cost
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.validate import validate_document
from tests.gateway.federation import Federation, World, federate

SHOP = """
type Query {
  book: Book
  books(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
  best: [Book!] @listSize(assumedSize: 5)
  page(first: Int = 20): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])
  any(limit: Int): [Thing] @listSize(slicingArguments: ["limit"], assumedSize: 7, requireOneSlicingArgument: false)
  unknown: [Book]
  grid: [[Book]] @listSize(assumedSize: 3)
  find(text: String @cost(weight: 4), by: Filter): Book
  dear: Book @cost(weight: 50)
  hit: Hit
}
type Mutation { buy: Book }
type Page { edges: [Edge] nodes: [Book] total: Int }
type Edge { node: Book cursor: String }
input Filter { name: String @cost(weight: 2) all: [Filter!] plain: Int }
type Book { title: String author: Author isbn: Isbn rating: Int @cost(weight: 3) genre: Genre similar: [Book] }
type Author @cost(weight: 2) { name: String books: [Book] @listSize(assumedSize: 4) }
scalar Isbn @cost(weight: 1)
enum Genre @cost(weight: 6) { A B }
interface Thing { name: String parts: [Book] }
type Small implements Thing { name: String parts: [Book] }
type Big implements Thing { name: String @cost(weight: 9) parts: [Book] @listSize(assumedSize: 100) }
union Hit = Book | Author
"""


@pytest.fixture(scope="module")
def shop() -> Federation:
    return federate(World({}), shop=SHOP)


def cost_of(shop: Federation, query: str) -> Cost:
    document = parse_document(query, max_tokens=10_000)
    validate_document(shop.supergraph.schema, document)
    selected = select_operation(document, None)
    operation = normalize(shop.supergraph, selected, selected.default_conditions(), max_selections=10_000)
    return compile_cost(shop.supergraph, operation, list_size=10)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ book { title } }", 1),
        ("{ __typename book { __typename title } }", 1),
        ("{ book { title author { name } } }", 1 + 2),
        ("{ book { isbn rating genre } }", 1 + 1 + 3 + 6),
        ("mutation { buy { title } }", 10 + 1),
        ("{ unknown { title } }", 10),
        ("{ best { author { name } } }", 5 * (1 + 2)),
        ("{ grid { title } }", 3 * 10),
        ("{ books(first: 7) { author { books { title } } } }", 7 * (1 + 2 + 4)),
        ("{ books(last: 3) { title } }", 3),
        ("{ books(first: 0) { title } }", 0),
        ("{ books(first: -5) { title } }", 0),
        ("{ page(first: 4) { total edges { cursor node { title } } } }", 1 + 4 * (1 + 1)),
        ("{ page { edges { cursor } nodes { title } } }", 1 + 20 + 20),
        ("{ any { __typename } }", 7),
        ("{ any(limit: 2) { name } }", 2 * (1 + 9)),
        ("{ any(limit: 2) { parts { title } } }", 2 * (1 + 100)),
        ("{ any(limit: 2) { ... on Small { parts { title } } ... on Big { name } } }", 2 * (1 + max(10, 9))),
        ('{ find(text: "a") { title } }', 4 + 1),
        ('{ find(by: {name: "a", all: [{name: "b"}, {all: [{name: "c"}], plain: 1}]}) { title } }', 3 * 2 + 1),
        ("{ find(text: null) { title } }", 1),
        ("{ dear { title } }", 50),
        ("{ hit { __typename } }", 2),
        ("{ hit { ... on Book { rating } ... on Author { books { title } } } }", 2 + max(3, 4)),
        ("{ a: best { title } b: best { title } ...F } fragment F on Query { c: best { title } }", 15),
        ('{ __schema { types { name } } __type(name: "Book") { name } }', 0),
    ],
)
def test_the_estimate_of_an_operation_without_variables_is_a_number(shop: Federation, query: str, cost: int) -> None:
    assert cost_of(shop, query).constant == cost


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("query ($n: Int) { books(first: $n) { author { name } } }", {"n": 6}, 6 * 3),
        ("query ($n: Int = 8) { books(first: $n) { title } }", {}, 8),
        ("query ($n: Int = 8) { books(first: $n) { title } }", {"n": 2}, 2),
        ("query ($n: Int) { page(first: $n) { edges { cursor } } }", {}, 1 + 20),
        ("query ($n: Int, $m: Int) { books(first: $n, last: $m) { title } }", {"m": 3}, 3),
        ("query ($n: Int, $m: Int) { any(limit: $n) { parts { title } } books(first: $m) { title } }", {"m": 1}, 708),
        ("query ($by: Filter) { find(by: $by) { title } }", {"by": {"all": [{"name": "x"}, {"name": "y"}]}}, 5),
        ("query ($t: String) { find(by: {name: $t}) { title } }", {}, 1),
        ("query ($t: String) { find(by: {name: $t}) { title } }", {"t": "x"}, 3),
    ],
)
def test_variables_decide_the_estimate_of_each_request(
    shop: Federation, query: str, variables: dict[str, Any], cost: int
) -> None:
    compiled = cost_of(shop, query)

    assert compiled.constant is None
    assert compiled.estimate(variables) == cost


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ books { title } }", {}),
        ("{ books(first: 1, last: 1) { title } }", {}),
        ("query ($n: Int, $m: Int) { books(first: $n, last: $m) { title } }", {"n": 1, "m": 1}),
        ("query ($n: Int) { books(first: $n) { title } }", {"n": None}),
    ],
)
async def test_exactly_one_argument_says_how_long_a_list_is(
    shop: Federation, query: str, variables: dict[str, Any]
) -> None:
    with pytest.raises(RequestRefused) as refused:
        cost_of(shop, query).estimate(variables)
    assert refused.value.code == "COST_INVALID_SLICING_ARGUMENTS"

    shop.serve(demand=DemandControl(max_cost=1000, mode="measure"))
    await shop.ask(query, variables)


def test_shared_fragments_are_counted_as_often_as_they_are_spread(shop: Federation) -> None:
    """INVARIANT: counting is linear in the document, whatever its fragments multiply to."""
    depth = 12
    fragments = "".join(
        f"fragment F{i} on Book {{ a: similar {{ ...F{i + 1} }} b: similar {{ ...F{i + 1} }} }} " for i in range(depth)
    )
    query = f"query ($n: Int) {{ books(first: $n) {{ ...F0 }} }} {fragments} fragment F{depth} on Book {{ title }}"

    assert cost_of(shop, query).estimate({"n": 1}) == sum(20**i for i in range(depth + 1))


def test_a_wide_operation_compiles(shop: Federation) -> None:
    fields = " ".join(f"a{i}: books(first: $n) {{ title }}" for i in range(700))
    assert cost_of(shop, f"query ($n: Int) {{ {fields} }}").estimate({"n": 2}) == 2 * 700


async def test_what_is_too_expensive_is_refused_before_it_is_planned_or_asked(shop: Federation) -> None:
    shop.serve(demand=DemandControl(max_cost=20))
    query = "query ($n: Int) { books(first: $n) { title } }"

    for text, variables in (("{ dear { title } }", {}), (query, {"n": 21})):
        with pytest.raises(RequestRefused) as refused:
            await shop.ask(text, variables)
        assert (refused.value.code, refused.value.well_formed) == ("COST_ESTIMATED_TOO_EXPENSIVE", True)
    assert await shop.ask(query, {"n": 20}) == {"data": {"books": None}}
    assert "demand_control_cost_estimated_sum 20.0" in shop.pipeline.metrics.render().decode()


async def test_measuring_refuses_nothing(shop: Federation) -> None:
    shop.serve(demand=DemandControl(max_cost=20, mode="measure"), show_cost=True)

    answer = await shop.ask("{ dear { title } }")

    assert answer == {"data": {"dear": None}, "extensions": {"cost": {"estimated": 50, "max": 20}}}
    assert "demand_control_too_expensive_total 1.0" in shop.pipeline.metrics.render().decode()


async def test_without_a_limit_nothing_is_counted(shop: Federation) -> None:
    shop.serve(show_cost=True)

    assert await shop.ask("{ dear { title } }") == {"data": {"dear": None}}
