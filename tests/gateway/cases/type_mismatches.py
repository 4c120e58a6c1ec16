"""One field of several types: nullability per subgraph or per member, lists, aliases at any depth, narrower types."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { users: [User!]! accounts: [Account!]! }
            union Account = User | Admin
            type User @key(fields: "id") { id: ID! name: String photo(size: Int): Photo @shareable similar: [Account!]! }
            type Admin { id: ID name: String! photo(size: Int): Badge tags: [String!] similar: [Account!]! }
            type Photo @shareable { url: String size: Size }
            type Badge { url: String! size: Size! }
            type Size { width: Int height(unit: String): Int }
            """,
            query={
                "users": [Ref("User", id="u1")],
                "accounts": [
                    Ref("User", id="u1"),
                    {
                        "__typename": "Admin",
                        "id": None,
                        "name": "root",
                        "photo": {"url": "b.png", "size": {"width": 3, "height": 4}},
                        "tags": ["x"],
                        "similar": [Ref("User", id="u1")],
                    },
                ],
            },
            entities={
                "User": [
                    {
                        "id": "u1",
                        "name": "u",
                        "photo": {"url": None, "size": {"width": 1, "height": 2}},
                        "similar": [{"__typename": "Admin", "id": "a", "name": "n", "photo": None, "tags": None}],
                    }
                ]
            },
            resolvers={"Size.height": lambda size, unit="px": size["height"] * (10 if unit == "mm" else 1)},
        ),
        Service(
            "b",
            """
            type User @key(fields: "id") { id: ID! age: Int tags: String photo(size: Int): Photo @shareable }
            type Photo @shareable { url: String! }
            """,
            entities={"User": [{"id": "u1", "age": 7, "tags": "one", "photo": {"url": "never"}}]},
        ),
    ]


MISMATCHES = Case(
    services,
    {
        "null for one member, an id for another": Operation(
            "{ accounts { ... on User { name } ... on Admin { id } } }",
            {"accounts": [{"name": "u"}, {"id": None}]},
            requests={"a": 1},
        ),
        "a list and a scalar under aliases": Operation(
            "{ accounts { ... on User { text: tags } ... on Admin { texts: tags title: name } } }",
            {"accounts": [{"text": "one"}, {"texts": ["x"], "title": "root"}]},
            requests={"a": 1, "b": 1},
        ),
        "in lists of lists of unions": Operation(
            "{ users { similar { ... on User { id } ... on Admin { who: id photo { url } } } } }",
            {"users": [{"similar": [{"who": "a", "photo": None}]}]},
        ),
    },
)


def pets() -> list[Service]:
    """Where the supergraph's types agree and a subgraph's do not, the subgraph's operation has to alias."""
    return [
        Service(
            "homes",
            """
            type Query { pets: [Pet] homes: [Home] one: Pet }
            interface Pet { id: ID! }
            union Home = Kennel | Cage
            type Cat implements Pet @key(fields: "id") {
              id: ID! name: String! @shareable likes: [String!]! @shareable home: Kennel! @shareable
            }
            type Dog implements Pet @key(fields: "id") {
              id: ID! name: String @shareable likes: [String] @shareable home: Kennel @shareable
            }
            type Kennel @shareable { street: String place: Place }
            type Cage @shareable { street: String! place: Spot }
            type Place @shareable { x: Int! owner: Owner }
            type Spot @shareable { x: Int owner: Keeper }
            type Owner @shareable { name: String! at: [Int!] }
            type Keeper @shareable { name: String at: [Int] }
            """,
            query={
                "pets": [Ref("Cat", id="1"), Ref("Dog", id="2"), None],
                "one": Ref("Dog", id="2"),
                "homes": [
                    {
                        "__typename": "Kennel",
                        "street": "k",
                        "place": {"x": 1, "owner": {"name": "o", "at": [1]}},
                    },
                    {
                        "__typename": "Cage",
                        "street": "c",
                        "place": {"x": None, "owner": {"name": None, "at": [None, 2]}},
                    },
                ],
            },
            entities={
                "Cat": [{"id": "1", "name": "Tom", "likes": ["milk"], "home": {"street": "s", "place": None}}],
                "Dog": [{"id": "2", "name": None, "likes": ["meat", None], "home": None}],
            },
        ),
        Service(
            "names",
            """
            interface Pet { id: ID! name: String likes: [String] }
            type Cat implements Pet @key(fields: "id") {
              id: ID! name: String @shareable likes: [String] @shareable home: Kennel @shareable lives: Int
            }
            type Dog implements Pet @key(fields: "id") {
              id: ID! name: String @shareable likes: [String] @shareable home: Kennel @shareable
            }
            type Kennel @shareable { street: String place: Place }
            type Cage @shareable { street: String place: Spot }
            type Place @shareable { x: Int owner: Owner }
            type Spot @shareable { x: Int owner: Keeper }
            type Owner @shareable { name: String at: [Int] }
            type Keeper @shareable { name: String at: [Int] }
            """,
            entities={
                "Cat": [{"id": "1", "name": "Tom", "likes": ["milk"], "home": None, "lives": 9}],
                "Dog": [{"id": "2", "name": None, "likes": ["meat", None], "home": None}],
            },
        ),
    ]


ALIASES = Case(
    pets,
    {
        "scalars": Operation(
            "{ pets { name } }", {"pets": [{"name": "Tom"}, {"name": None}, None]}, requests={"homes": 1}
        ),
        "scalars under the client's alias": Operation(
            "{ pets { ... on Cat { n: name } ... on Dog { n: name } id } }",
            {"pets": [{"n": "Tom", "id": "1"}, {"n": None, "id": "2"}, None]},
            requests={"homes": 1},
        ),
        "lists and objects": Operation(
            "{ pets { likes ... on Cat { home { street } } ... on Dog { home { street } } } }",
            {"pets": [{"likes": ["milk"], "home": {"street": "s"}}, {"likes": ["meat", None], "home": None}, None]},
            requests={"homes": 1},
        ),
        "one level down": Operation(
            "{ homes { ... on Kennel { street place { x } } ... on Cage { street place { x } } } }",
            {"homes": [{"street": "k", "place": {"x": 1}}, {"street": "c", "place": {"x": None}}]},
            requests={"homes": 1},
        ),
        "three levels down, beside what agrees": Operation(
            """{ homes { ... on Kennel { place { x owner { n: name at } } } ... on Cage { place { owner { n: name at } x } }
                 __typename } }""",
            {
                "homes": [
                    {"place": {"x": 1, "owner": {"n": "o", "at": [1]}}, "__typename": "Kennel"},
                    {"place": {"owner": {"n": None, "at": [None, 2]}, "x": None}, "__typename": "Cage"},
                ]
            },
            requests={"homes": 1},
        ),
        "beside another subgraph's fields": Operation(
            "{ pets { name ... on Cat { lives name } } one { likes name } }",
            {
                "pets": [{"name": "Tom", "lives": 9}, {"name": None}, None],
                "one": {"likes": ["meat", None], "name": None},
            },
            requests={"homes": 1, "names": 1},
        ),
    },
)


def shapes() -> list[Service]:
    """The implementations of an interface promise more than the interface, or name a narrower type."""
    return [
        Service(
            "a",
            """
            type Query { shapes: [Shape!] nodes: [Node] }
            interface Node { id: ID! }
            interface Shape implements Node { id: ID! label: String parts: [Shape] near: Node }
            type Circle implements Shape & Node @key(fields: "id") {
              id: ID! label: String! parts: [Circle!]! near: Square radius: Float
            }
            type Square implements Shape & Node @key(fields: "id") {
              id: ID! label: String parts: [Shape!] near: Shape side: Float
            }
            """,
            query={
                "shapes": [Ref("Circle", id="c1"), Ref("Square", id="s1"), Ref("Circle", id="c2")],
                "nodes": [Ref("Square", id="s1"), None],
            },
            entities={
                "Circle": [
                    {
                        "id": "c1",
                        "label": "C",
                        "parts": [Ref("Circle", id="c1")],
                        "near": Ref("Square", id="s1"),
                        "radius": 1.0,
                    },
                    {"id": "c2", "label": None, "parts": [], "near": None, "radius": None},
                ],
                "Square": [{"id": "s1", "label": None, "parts": None, "near": Ref("Circle", id="c1"), "side": 2.0}],
            },
        ),
        Service(
            "b",
            """
            type Circle @key(fields: "id") { id: ID! area: Float! }
            type Square @key(fields: "id") { id: ID! area: Float }
            """,
            entities={
                "Circle": [{"id": "c1", "area": 3.1}, {"id": "c2", "area": 0.1}],
                "Square": [{"id": "s1", "area": None}],
            },
        ),
    ]


COVARIANT = Case(
    shapes,
    {
        "null where only one implementation allows it": Operation(
            "{ nodes { ... on Shape { label } } shapes { id near { id } } }",
            {
                "nodes": [{"label": None}, None],
                "shapes": [
                    {"id": "c1", "near": {"id": "s1"}},
                    {"id": "s1", "near": {"id": "c1"}},
                    {"id": "c2", "near": None},
                ],
            },
            requests={"a": 1},
        ),
        "null where its implementation forbids it": Operation(
            "{ shapes { label } }", {"shapes": None}, errors=("shapes.2.label",), requests={"a": 1}
        ),
        "narrower objects": Operation(
            "{ shapes { near { id ... on Shape { parts { id } } ... on Circle { radius area } } } }",
            {
                "shapes": [
                    {"near": {"id": "s1", "parts": None}},
                    {"near": {"id": "c1", "parts": [{"id": "c1"}], "radius": 1.0, "area": 3.1}},
                    {"near": None},
                ]
            },
        ),
        "narrower objects in fragments of their implementations": Operation(
            "{ shapes { ... on Circle { near { side area } } ... on Square { near { ... on Circle { radius } label } } } }",
            {
                "shapes": [
                    {"near": {"side": 2.0, "area": None}},
                    {"near": {"radius": 1.0, "label": "C"}},
                    {"near": None},
                ]
            },
        ),
        "the interface's selection and the implementation's": Operation(
            "{ shapes { near { id } ... on Circle { near { area } } ... on Square { near { __typename } parts { id } } } }",
            {
                "shapes": [
                    {"near": {"id": "s1", "area": None}},
                    {"near": {"id": "c1", "__typename": "Circle"}, "parts": None},
                    {"near": None},
                ]
            },
        ),
    },
)


def narrowing() -> list[Service]:
    """One subgraph names the object type where another names the interface or union."""
    return [
        Service(
            "a",
            """
            type Query { top: Product @shareable list: [Product!] @shareable any: Product @shareable }
            type Product @key(fields: "id") { id: ID! name: String related: Product @shareable }
            """,
            query={"top": Ref("Product", id="p"), "list": [Ref("Product", id="p")], "any": Ref("Product", id="p")},
            entities={"Product": [{"id": "p", "name": "n", "related": Ref("Product", id="p")}]},
        ),
        Service(
            "b",
            """
            type Query { top: Item @shareable list: [Item] @shareable any: Thing @shareable }
            interface Item { id: ID! }
            union Thing = Product | Gift
            type Product implements Item @key(fields: "id") { id: ID! price: Int related: Item @shareable }
            type Gift implements Item @key(fields: "id") { id: ID! to: String }
            """,
            query={"top": Ref("Product", id="p"), "list": [Ref("Product", id="p")], "any": Ref("Product", id="p")},
            entities={"Product": [{"id": "p", "price": 5, "related": Ref("Product", id="p")}], "Gift": []},
        ),
    ]


NARROWING = Case(
    narrowing,
    {
        "the interface's field": Operation("{ top { id } }", {"top": {"id": "p"}}),
        "the object's fields": Operation(
            "{ top { id ... on Product { name price } ... on Gift { to } } }",
            {"top": {"id": "p", "name": "n", "price": 5}},
        ),
        "in a list": Operation(
            "{ list { __typename ... on Product { name related { ... on Product { price name } id } } } }",
            {"list": [{"__typename": "Product", "name": "n", "related": {"price": 5, "name": "n", "id": "p"}}]},
        ),
        "a union": Operation(
            "{ any { __typename ... on Item { id } ... on Product { related { ... on Gift { to } ... on Product { name } } } } }",
            {"any": {"__typename": "Product", "id": "p", "related": {"name": "n"}}},
        ),
    },
)
