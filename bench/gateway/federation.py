"""The federation that is measured: the four schemas of Apollo's demonstration, its data, the operations and their answers.

The numbers of users, products and reviews are those of The Guild's gateway benchmark; who reviewed what is chosen so that
the deep operation answers 87 KB: 390 objects and 1,383 leaves.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, execute_sync, parse

from services.gateway.compose import Subgraph, compose

Json = dict[str, Any]

SUBGRAPHS = ("accounts", "inventory", "products", "reviews")
_SCHEMA = Path(__file__).parent / "schema"

_AUTHOR_AND_PRODUCT = ((0, 4), (1, 5), (1, 8), (2, 4), (2, 8), (2, 8), (3, 4), (4, 4), (4, 4), (5, 4), (5, 8))
_NAMES = ("Ada Wong", "Ben Okafor", "Chen Li", "Dana Petrov", "Emre Yilmaz", "Fay Nilsson")
_PRODUCTS = ("Couch", "Glass", "Chair", "Television", "Table", "Lamp", "Grill", "Fridge", "Sofa")
_PRAISE = (
    "It came on the day that was promised, in one piece, and everybody who sat at it since has asked where it is from. "
)

DEEP = """
fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }
query Deep {
  users {
    ...User
    reviews { ...Review product { ...Product reviews { ...Review author { ...User
      reviews { ...Review product { ...Product } } } } } }
  }
  topProducts { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } }
}
"""
TINY = "query Tiny { me { id name } }"
OPERATIONS = {"deep": DEEP, "tiny": TINY}

ALIAS = "n00000000"
"""What a never-seen-before operation calls its first field, the digits counting up."""


def never_seen(operation: str) -> str:
    """The operation with an alias on its first field, to be replaced by another one for each request."""
    first = {"deep": "users {", "tiny": "me {"}[operation]
    return OPERATIONS[operation].replace(first, f"{ALIAS}: {first}", 1)


def sdl(subgraph: str) -> str:
    """The schema of one subgraph."""
    return (_SCHEMA / f"{subgraph}.graphql").read_text(encoding="utf-8")


def supergraph(urls: Mapping[str, str]) -> str:
    """The supergraph of the four, composed by our composer. Raises ValueError with its errors."""
    composition = compose([Subgraph(name=name, url=urls[name], sdl=sdl(name)) for name in SUBGRAPHS])
    if composition.supergraph_sdl is None:
        raise ValueError("; ".join(str(error) for error in composition.errors))
    return composition.supergraph_sdl


def root() -> Json:
    """The whole graph as one object, everything reachable from it."""
    users: list[Json] = [
        {
            "__typename": "User",
            "id": str(number),
            "name": name,
            "username": name.lower().replace(" ", "."),
            "birthday": 1980 + number,
            "reviews": [],
        }
        for number, name in enumerate(_NAMES, start=1)
    ]
    products: list[Json] = [
        {
            "__typename": "Product",
            "upc": str(number),
            "name": name,
            "price": 299 * number,
            "weight": 50 * number,
            "inStock": number % 3 != 0,
            "shippingEstimate": shipping(299 * number, 50 * number),
            "reviews": [],
        }
        for number, name in enumerate(_PRODUCTS, start=1)
    ]
    for number, (author, product) in enumerate(_AUTHOR_AND_PRODUCT, start=1):
        review = {
            "__typename": "Review",
            "id": str(number),
            "body": (_PRAISE * 3)[: 336 + number],
            "author": users[author],
            "product": products[product],
        }
        users[author]["reviews"].append(review)
        products[product]["reviews"].append(review)

    def top_products(*_: Any, first: int = 5) -> list[Json]:
        return products[:first]

    def user(*_: Any, id: str | int) -> Json | None:  # noqa: A002 - GraphQL's name
        return next((user for user in users if user["id"] == str(id)), None)

    return {
        "__typename": "Query",
        "me": users[0],
        "user": user,
        "users": users,
        "topProducts": top_products,
        "products": products,
    }


def shipping(price: int, weight: int) -> int:
    """What `shippingEstimate` makes of the fields that it requires."""
    return 0 if price > 1000 else weight // 2


def expected(schema: GraphQLSchema, operation: str, variables: Json | None = None) -> Json:
    """What graphql-core answers to `operation` over the whole graph in memory: no federation, so the truth."""
    result = execute_sync(schema, parse(operation), root(), variable_values=variables)
    if result.errors:
        raise ValueError(f"the operation does not fit the data: {result.errors}")
    return {"data": result.data}


def size(value: Any) -> tuple[int, int]:
    """Objects and leaves in an answer."""
    if isinstance(value, dict | list):
        parts = [size(part) for part in (value.values() if isinstance(value, dict) else value)]
        return isinstance(value, dict) + sum(part[0] for part in parts), sum(part[1] for part in parts)
    return 0, 1
