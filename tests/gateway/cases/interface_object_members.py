"""Fragments on some members of an interface object: what they ask is asked of those members alone.

An interface object's subgraph does not know which object type it returns, so another subgraph says so first. What the client did
not select fails here for every other member: asked for too many, it would show.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def _fails() -> GraphQLError:
    return GraphQLError("not for them", extensions={"code": "NOT_FOR_THEM"})


def _greeting(person: dict[str, Any]) -> str:
    if person["id"] != "m":
        raise _fails()
    return f"hello {person['name']}"


def services() -> list[Service]:
    return [
        Service(
            "staff",
            """
            type Query { staff: [Person!]! }
            interface Person @key(fields: "id") { id: ID! name: String }
            interface Paid { wage: Int }
            type Manager implements Person & Paid @key(fields: "id") { id: ID! name: String wage: Int }
            type Clerk implements Person & Paid @key(fields: "id") { id: ID! name: String wage: Int }
            type Guest implements Person @key(fields: "id") { id: ID! name: String host: Person }
            """,
            query={"staff": [Ref("Manager", id="m"), Ref("Clerk", id="c"), Ref("Guest", id="g")]},
            entities={
                "Manager": [{"id": "m", "name": "May", "wage": 3}],
                "Clerk": [{"id": "c", "name": "Cai", "wage": _fails()}],
                "Guest": [{"id": "g", "name": "Guo", "host": Ref("Manager", id="m")}],
            },
        ),
        Service(
            "points",
            """
            type Query { scores: [Person!]! best: Person lost: [Person] }
            type Person @key(fields: "id") @interfaceObject {
              id: ID! points: Int friend: Person team: [[Person!]!]! name: String @external
              greeting: String @requires(fields: "name")
            }
            """,
            query={
                "scores": [Ref("Person", id="c"), Ref("Person", id="m"), Ref("Person", id="g")],
                "best": Ref("Person", id="m"),
                "lost": [Ref("Person", id="gone"), Ref("Person", id="m"), None],
            },
            entities={
                "Person": [
                    {"id": "m", "points": 9, "friend": Ref("Person", id="g"), "team": [[Ref("Person", id="c")], []]},
                    {"id": "c", "points": _fails(), "friend": _fails(), "team": []},
                    {"id": "g", "points": 1, "friend": Ref("Person", id="c"), "team": [[Ref("Person", id="m")]]},
                    {"id": "gone", "points": 7, "friend": None, "team": []},
                ]
            },
            resolvers={"Person.greeting": _greeting},
        ),
        Service(
            "notes",
            """
            type Query { noted: [Person!]! }
            type Person @key(fields: "id") @interfaceObject { id: ID! note: String }
            """,
            query={"noted": [Ref("Person", id="g"), Ref("Person", id="c")]},
            entities={
                "Person": [{"id": "m", "note": "old"}, {"id": "c", "note": "new"}, {"id": "g", "note": _fails()}]
            },
        ),
    ]


MEMBERS = Case(
    services,
    {
        "one member": Operation(
            "{ scores { ... on Manager { points } } }",
            {"scores": [{}, {"points": 9}, {}]},
            requests={"points": 2, "staff": 1},
        ),
        "two of three members": Operation(
            "{ scores { ... on Manager { points } ... on Guest { points } } }",
            {"scores": [{}, {"points": 9}, {"points": 1}]},
            requests={"points": 2, "staff": 1},
        ),
        "all members alike: asked where they are": Operation(
            "{ scores { __typename ... on Manager { points } ... on Clerk { points } ... on Guest { points } } }",
            {
                "scores": [
                    {"__typename": "Clerk", "points": None},
                    {"__typename": "Manager", "points": 9},
                    {"__typename": "Guest", "points": 1},
                ]
            },
            errors=("scores.0.points",),
            requests={"points": 1, "staff": 1},
        ),
        "all members, and one of them more": Operation(
            "{ scores { id ... on Manager { id points } } }",
            {"scores": [{"id": "c"}, {"id": "m", "points": 9}, {"id": "g"}]},
        ),
        "what the interface is asked for anyway": Operation(
            "{ scores { team { id name } ... on Manager { team { id } } } }",
            {
                "scores": [
                    {"team": []},
                    {"team": [[{"id": "c", "name": "Cai"}], []]},
                    {"team": [[{"id": "m", "name": "May"}]]},
                ]
            },
            requests={"points": 1, "staff": 1},
        ),
        "more of a member's object than of the others'": Operation(
            "{ scores { team { id } ... on Manager { team { name } } } }",
            {
                "scores": [
                    {"team": []},
                    {"team": [[{"id": "c", "name": "Cai"}], []]},
                    {"team": [[{"id": "m"}]]},
                ]
            },
        ),
        "another interface's members": Operation(
            "{ scores { ... on Paid { ... on Person { note } } } noted { ... on Paid { ... on Person { note } } } }",
            {"scores": [{"note": "new"}, {"note": "old"}, {}], "noted": [{}, {"note": "new"}]},
        ),
        "several interface objects": Operation(
            "{ scores { ... on Manager { points note wage } ... on Clerk { note } ... on Guest { points } } }",
            {"scores": [{"note": "new"}, {"points": 9, "note": "old", "wage": 3}, {"points": 1}]},
            requests={"points": 2, "staff": 1, "notes": 1},
        ),
        "nested, in lists of lists": Operation(
            """{ best { ... on Clerk { points } ... on Manager { friend { ... on Guest {
                 points host { ... on Manager { greeting } } team { ... on Manager { points } } } } } } }""",
            {
                "best": {
                    "friend": {"points": 1, "host": {"greeting": "hello May"}, "team": [[{"points": 9}]]},
                }
            },
        ),
        "several members together, however deep": Operation(
            """{ scores { ...Served } }
               fragment Served on Person { ... on Manager { ...Team } ... on Guest { ...Team } }
               fragment Team on Person { team { ... on Manager { ...Points } ... on Guest { ...Points } } }
               fragment Points on Person { points friend { id } }""",
            {"scores": [{}, {"team": [[{}], []]}, {"team": [[{"points": 9, "friend": {"id": "g"}}]]}]},
            requests={"points": 3, "staff": 2},
        ),
        "a key that means something else for each": Operation(
            "{ scores { ... on Manager { x: greeting } ... on Clerk { x: note } ... on Guest { x: name } } }",
            {"scores": [{"x": "new"}, {"x": "hello May"}, {"x": "Guo"}]},
        ),
        "what requires others' data": Operation(
            "{ scores { ... on Manager { greeting } } }",
            {"scores": [{}, {"greeting": "hello May"}, {}]},
            requests={"points": 2, "staff": 1},
        ),
        "members' own fields": Operation(
            "{ scores { ... on Manager { wage } ... on Guest { name } } }",
            {"scores": [{}, {"wage": 3}, {"name": "Guo"}]},
            requests={"points": 1, "staff": 1},
        ),
        "where the type is known": Operation(
            "{ staff { ... on Manager { points } ... on Paid { ... on Person { note } } } }",
            {"staff": [{"points": 9, "note": "old"}, {"note": "new"}, {}]},
            requests={"staff": 1, "points": 1, "notes": 1},
        ),
        "an entity nobody knows the type of, whose type is not asked": Operation(
            "{ lost { id points name } }",
            {"lost": [{"id": "gone", "points": 7, "name": None}, {"id": "m", "points": 9, "name": "May"}, None]},
        ),
        # `__typename` is never null, so without it there is no object.
        "an entity nobody knows the type of": Operation(
            "{ lost { id ... on Manager { points } } }",
            {"lost": [None, {"id": "m", "points": 9}, None]},
            errors=("lost.0",),
        ),
        "an entity nobody knows the type of, asked for its name": Operation(
            "{ lost { __typename points } }",
            {"lost": [None, {"__typename": "Manager", "points": 9}, None]},
            errors=("lost.0",),
        ),
    },
)
