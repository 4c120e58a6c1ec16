"""Values the client schema does not have: enum values, inaccessible types, objects of types nobody expected."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def enums() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { users: [User] state: State kinds: [Kind!]! pick(only: Only): Kind grid: [[Kind]] }
            enum Kind { ADMIN GUEST SECRET @inaccessible }
            enum State { ON OFF }
            enum Only { HERE THERE }
            type User @key(fields: "id") { id: ID! kind: Kind strict: Kind! @shareable }
            """,
            query={
                "users": [Ref("User", id="1"), Ref("User", id="2")],
                "state": "OFF",
                "kinds": ["ADMIN", "SECRET"],
                "pick": lambda only=None: "GUEST",
                "grid": [["ADMIN", "SECRET", None], None],
            },
            entities={
                "User": [
                    {"id": "1", "kind": "ADMIN", "strict": "ADMIN"},
                    {"id": "2", "kind": "SECRET", "strict": "SECRET"},
                ]
            },
        ),
        Service(
            "b",
            """
            enum State { ON AUTO OFF }
            enum Kind { ADMIN GUEST }
            enum Only { HERE }
            type Query { find(only: Only = HERE): String }
            type User @key(fields: "id") { id: ID! last: State friends(only: Only): [User!] kinds: [Kind] }
            """,
            query={"find": lambda only: f"found {only}"},
            entities={
                "User": [
                    {"id": "1", "last": "AUTO", "friends": [Ref("User", id="2")], "kinds": ["GUEST", None]},
                    {"id": "2", "last": "ON", "friends": None, "kinds": []},
                ]
            },
        ),
    ]


ENUMS = Case(
    enums,
    {
        "an inaccessible value is null, with an error that does not name it": Operation(
            "{ users { id kind } }",
            {"users": [{"id": "1", "kind": "ADMIN"}, {"id": "2", "kind": None}]},
            errors=("users.1.kind",),
        ),
        "where null is forbidden it climbs": Operation(
            "{ users { id strict } state }",
            {"users": [{"id": "1", "strict": "ADMIN"}, None], "state": "OFF"},
            errors=("users.1.strict",),
        ),
        "in a list that forbids null": Operation("{ kinds }", None, errors=("kinds.1",)),
        "in a list of lists": Operation("{ grid }", {"grid": [["ADMIN", None, None], None]}, errors=("grid.0.1",)),
        "an argument takes what all subgraphs know": Operation(
            "{ find pick(only: HERE) users { friends(only: HERE) { last } } }",
            {"find": "found HERE", "pick": "GUEST", "users": [{"friends": [{"last": "ON"}]}, {"friends": None}]},
        ),
        "a value only one of the returning subgraphs has": Operation(
            "{ users { last kinds } }",
            {"users": [{"last": "AUTO", "kinds": ["GUEST", None]}, {"last": "ON", "kinds": []}]},
        ),
    },
)


def hidden() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { items: [Item] things: [Thing!] one: Item secret: Secret @inaccessible box: Box }
            interface Item { id: ID! title: String }
            union Thing = Book | Secret
            type Box { item: Item! }
            type Book implements Item @key(fields: "id") { id: ID! title: String }
            type Secret implements Item @key(fields: "id") @inaccessible { id: ID! title: String }
            """,
            query={
                "items": [Ref("Book", id="b"), Ref("Secret", id="s"), None],
                "things": [Ref("Book", id="b"), Ref("Secret", id="s")],
                "one": Ref("Secret", id="s"),
                "box": {"item": Ref("Secret", id="s")},
            },
            entities={"Book": [{"id": "b", "title": "B"}], "Secret": [{"id": "s", "title": "hush"}]},
        ),
        Service(
            "b",
            """
            interface Item { id: ID! stock: Int }
            type Book implements Item @key(fields: "id") { id: ID! stock: Int }
            type Secret implements Item @key(fields: "id") @inaccessible { id: ID! stock: Int }
            """,
            entities={"Book": [{"id": "b", "stock": 4}], "Secret": [{"id": "s", "stock": 9}]},
        ),
    ]


INACCESSIBLE_TYPES = Case(
    hidden,
    {
        "in a list of an interface": Operation(
            "{ items { id title } }", {"items": [{"id": "b", "title": "B"}, None, None]}, errors=("items.1",)
        ),
        "with another subgraph's field": Operation(
            "{ items { stock } }", {"items": [{"stock": 4}, None, None]}, errors=("items.1",)
        ),
        "its name": Operation("{ one { __typename } }", {"one": None}, errors=("one",)),
        "in a list that forbids null": Operation(
            "{ things { ... on Book { title } } }", {"things": None}, errors=("things.1",)
        ),
        "in an object that forbids null": Operation(
            "{ box { item { title } } one { id } }", {"box": None, "one": None}, errors=("box.item", "one")
        ),
        "behind a fragment on the interface": Operation(
            "{ items { ... on Item { ... on Item { title } } } }",
            {"items": [{"title": "B"}, None, None]},
            errors=("items.1",),
        ),
    },
)


def corrupted() -> list[Service]:
    """Subgraphs that disagree on what an id is."""
    return [
        Service(
            "a",
            """
            type Query { node(id: ID!): Node nodes: [Node] entry: Entry }
            interface Node { id: ID! }
            union Entry = Account | Chat
            type Account implements Node @key(fields: "id") { id: ID! username: String }
            type Chat implements Node @key(fields: "id") { id: ID! }
            """,
            query={
                "node": lambda id: {"__typename": "Chat", "id": id},  # noqa: A006  # the argument's name
                "nodes": [{"__typename": "Account", "id": "x"}, {"__typename": "Chat", "id": "c1"}, None],
                "entry": {"__typename": "Account", "id": "c1", "username": None},
            },
            entities={"Account": [{"id": "a1", "username": "ada"}], "Chat": [{"id": "c1"}]},
        ),
        Service(
            "b",
            """
            type Chat @key(fields: "id") { id: ID! text: String! by: Account }
            type Account @key(fields: "id") { id: ID! mail: String }
            """,
            entities={
                "Chat": [{"id": "c1", "text": "hi", "by": {"id": "gone", "mail": None}}],
                # Whatever is asked, another object is returned.
                "Account": lambda account: {"id": "a1", "mail": "a@x"} if account["id"] == "x" else None,
            },
        ),
    ]


CORRUPTED = Case(
    corrupted,
    {
        "an entity its other subgraph does not have": Operation(
            '{ node(id: "a1") { id ... on Chat { text } } }',
            {"node": None},
            errors=("node.text",),
        ),
        "an entity with another id": Operation(
            "{ nodes { id ... on Account { mail } ... on Chat { text by { mail } } } }",
            {"nodes": [{"id": "x", "mail": "a@x"}, {"id": "c1", "text": "hi", "by": {"mail": None}}, None]},
        ),
        "a union member that is the other": Operation(
            "{ entry { __typename ... on Account { id mail username } ... on Chat { text } } }",
            {"entry": {"__typename": "Account", "id": "c1", "mail": None, "username": None}},
        ),
    },
)


def impossible() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { pets: [Pet] any: Any strict: Pet! wrapped: Wrapped }
            interface Pet { id: ID! name: String }
            union Any = Cat | Dog
            type Wrapped { pet: Pet list: [Pet!] }
            type Cat implements Pet @key(fields: "id") { id: ID! name: String }
            type Dog implements Pet @key(fields: "id") { id: ID! name: String }
            type Car { wheels: Int }
            """,
            query={
                "pets": [{"__typename": "Car", "wheels": 4}, Ref("Cat", id="1")],
                "any": {"__typename": "Car", "wheels": 4},
                "strict": {"__typename": "Unheard"},
                "wrapped": {"pet": Ref("Cat", id="1"), "list": [Ref("Dog", id="2"), {"__typename": "Car"}]},
            },
            entities={"Cat": [{"id": "1", "name": "Tom"}], "Dog": [{"id": "2", "name": "Rex"}]},
        ),
        Service(
            "b",
            'type Cat @key(fields: "id") { id: ID! lives: Int } type Dog @key(fields: "id") { id: ID! lives: Int }',
            entities={"Cat": [{"id": "1", "lives": 9}], "Dog": [{"id": "2", "lives": 1}]},
        ),
    ]


IMPOSSIBLE_TYPES = Case(
    impossible,
    {
        "in a list": Operation(
            "{ pets { name ... on Cat { lives } } }",
            {"pets": [None, {"name": "Tom", "lives": 9}]},
            errors=("pets.0",),
        ),
        "in a union": Operation("{ any { __typename ... on Cat { name lives } } }", {"any": None}, errors=("any",)),
        "of a type nobody has": Operation("{ strict { id } }", None, errors=("strict",)),
        "in a list that forbids null": Operation(
            "{ wrapped { pet { name } list { __typename ... on Dog { lives } } } }",
            {"wrapped": {"pet": {"name": "Tom"}, "list": None}},
            errors=("wrapped.list.1",),
        ),
    },
)
