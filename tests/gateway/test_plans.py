"""Whole query plans as text, each next to its operation. A changed plan is a decision: read it before accepting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.gateway.errors import PlanningFailed
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import print_plan
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import Supergraph, load_supergraph

SHOP = Path(__file__).parent / "plans" / "shop.graphql"


@pytest.fixture(scope="module")
def shop() -> Supergraph:
    return load_supergraph(SHOP.read_text())


def plan(supergraph: Supergraph, text: str, *, seconds: float = 5.0) -> str:
    document = parse_document(text, max_tokens=10_000)
    validate_document(supergraph.schema, document)
    selected = select_operation(document, None)
    operation = normalize(supergraph, selected, selected.default_conditions(), max_selections=10_000)
    return "\n" + print_plan(plan_operation(Graph(supergraph), operation, seconds=seconds))


def test_one_subgraph_is_one_fetch(shop: Supergraph) -> None:
    assert (
        plan(shop, "query ($n: Int) { topProducts(first: $n) { name cost: price } __typename }")
        == """
QueryPlan {
  Fetch(service: "products") {
    topProducts(first: $n) {
      name
      cost: price
    }
  }
}
"""
    )


def test_only_introspection_is_no_fetch(shop: Supergraph) -> None:
    assert plan(shop, "{ __typename __schema { queryType { name } } }") == "\nQueryPlan {}\n"


def test_provided_fields_stay_with_their_provider(shop: Supergraph) -> None:
    assert (
        plan(shop, "{ me { reviews { author { username } } } }")
        == """
QueryPlan {
  Sequence {
    Fetch(service: "accounts") {
      me {
        id
      }
    }
    Flatten(path: "me") {
      Fetch(service: "reviews") {
        {
          ... on User {
            __typename
            id
          }
        } =>
        {
          ... on User {
            reviews {
              author {
                username
              }
            }
          }
        }
      }
    }
  }
}
"""
    )


def test_requirements_are_fetched_first_and_neighbours_share_the_request(shop: Supergraph) -> None:
    assert (
        plan(shop, "{ topProducts { inStock shippingEstimate } }")
        == """
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      topProducts {
        upc
        price
        weight
      }
    }
    Flatten(path: "topProducts.@") {
      Fetch(service: "inventory") {
        {
          ... on Product {
            __typename
            upc
            price
            weight
          }
        } =>
        {
          ... on Product {
            inStock
            shippingEstimate
          }
        }
      }
    }
  }
}
"""
    )


def test_entities_of_one_subgraph_at_several_places_are_one_request(shop: Supergraph) -> None:
    assert (
        plan(shop, "{ topProducts { reviews { id } } me { reviews { body } } }")
        == """
QueryPlan {
  Sequence {
    Parallel {
      Fetch(service: "products") {
        topProducts {
          upc
        }
      }
      Fetch(service: "accounts") {
        me {
          id
        }
      }
    }
    BatchFetch(service: "reviews") {
      _e0: Flatten(path: "topProducts.@") {
        {
          ... on Product {
            __typename
            upc
          }
        } =>
        {
          ... on Product {
            reviews {
              id
            }
          }
        }
      }
      _e1: Flatten(path: "me") {
        {
          ... on User {
            __typename
            id
          }
        } =>
        {
          ... on User {
            reviews {
              body
            }
          }
        }
      }
    }
  }
}
"""
    )


def test_a_key_shadowed_by_an_alias_gets_a_name_of_its_own(shop: Supergraph) -> None:
    assert (
        plan(shop, "{ topProducts { upc: name inStock } }")
        == """
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      topProducts {
        upc: name
        _hy_upc: upc
      }
    }
    Flatten(path: "topProducts.@") {
      Fetch(service: "inventory") {
        {
          ... on Product {
            __typename
            upc: _hy_upc
          }
        } =>
        {
          ... on Product {
            inStock
          }
        }
      }
    }
  }
}
"""
    )


def test_planning_gives_up_at_its_deadline(shop: Supergraph) -> None:
    with pytest.raises(PlanningFailed):
        plan(shop, "{ me { id } }", seconds=-1)
