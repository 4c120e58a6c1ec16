"""`__typename` wherever a type can be: root types under other names, unions, interfaces, lists, beside nothing else."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            schema { query: RootQuery mutation: RootMutation }
            type RootQuery { union: Product interface: Node list: [[Node]] viewer: Viewer }
            type RootMutation { touch: Viewer }
            type Viewer { query: RootQuery name: String }
            union Product = Oven | Toaster
            interface Node { id: ID! }
            type Oven { id: ID! }
            type Toaster implements Node { id: ID! warranty: Int }
            """,
            query={
                "union": {"__typename": "Oven", "id": "1"},
                "interface": {"__typename": "Toaster", "id": "2", "warranty": 3},
                "list": [[{"__typename": "Toaster", "id": "2"}, None], None, []],
                "viewer": {"name": "me", "query": {}},
            },
            resolvers={"RootMutation.touch": lambda: {"name": "touched", "query": {}}},
        ),
        Service(
            "b",
            """
            type Query { users: [User] }
            type User @key(fields: "id") { id: ID! name: String }
            """,
            query={"users": [Ref("User", id="u")]},
            entities={"User": [{"id": "u", "name": "n"}]},
        ),
        Service(
            "c",
            'type User @key(fields: "id") { id: ID! age: Int }',
            entities={"User": [{"id": "u", "age": 8}]},
        ),
    ]


TYPENAMES = Case(
    services,
    {
        "of the query": Operation("{ __typename }", {"__typename": "Query"}, requests={}),
        "of the query, twice, beside a field": Operation(
            "{ a: __typename viewer { name } b: __typename }",
            {"a": "Query", "viewer": {"name": "me"}, "b": "Query"},
            requests={"a": 1},
        ),
        "of the query inside": Operation(
            "{ viewer { query { __typename viewer { __typename } } } }",
            {"viewer": {"query": {"__typename": "Query", "viewer": {"__typename": "Viewer"}}}},
        ),
        "of nothing but the query inside": Operation(
            "{ viewer { query { __typename } } }", {"viewer": {"query": {"__typename": "Query"}}}, requests={"a": 1}
        ),
        "of the mutation": Operation(
            "mutation { touch { __typename query { __typename } } kind: __typename }",
            {"touch": {"__typename": "Viewer", "query": {"__typename": "Query"}}, "kind": "Mutation"},
            requests={"a": 1},
        ),
        "of a union and of an interface": Operation(
            "{ union { __typename } interface { __typename ... on Toaster { __typename warranty } } }",
            {"union": {"__typename": "Oven"}, "interface": {"__typename": "Toaster", "warranty": 3}},
        ),
        "in lists of lists": Operation(
            "{ list { __typename } }", {"list": [[{"__typename": "Toaster"}, None], None, []]}
        ),
        "only in fragments": Operation(
            "{ union { ... on Node { __typename } ... on Oven { kind: __typename } } list { id ... on Toaster { __typename } } }",
            {"union": {"kind": "Oven"}, "list": [[{"id": "2", "__typename": "Toaster"}, None], None, []]},
        ),
        "of an entity, its key unasked": Operation(
            "{ users { __typename } }", {"users": [{"__typename": "User"}]}, requests={"b": 1}
        ),
        "of an entity, under several names, with both subgraphs' fields": Operation(
            "{ users { one: __typename age two: __typename ... on User { three: __typename name } } }",
            {"users": [{"one": "User", "age": 8, "two": "User", "three": "User", "name": "n"}]},
            requests={"b": 1, "c": 1},
        ),
    },
)
