"""Supergraphs as other composers print them, in every version of the join specification."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def accounts() -> list[Service]:
    return [
        Service(
            "users",
            """
            type Query { accounts: [Account!] }
            interface Account @key(fields: "id") { id: ID! name: String }
            type Admin implements Account @key(fields: "id") { id: ID! name: String rights: String }
            type Guest implements Account @key(fields: "id") { id: ID! name: String visits: Int }
            """,
            query={"accounts": [Ref("Admin", id="a1"), Ref("Guest", id="g1")]},
            entities={
                "Admin": [{"id": "a1", "name": "Ada", "rights": "all"}],
                "Guest": [{"id": "g1", "name": "Grace", "visits": 3}],
            },
        ),
        Service(
            "likes",
            """
            type Query { latest: [Account] }
            type Account @key(fields: "id") @interfaceObject {
              id: ID! likes: Int! name: String @external badge: String @requires(fields: "name")
            }
            """,
            query={"latest": [Ref("Account", id="g1"), None, Ref("Account", id="a1")]},
            entities={"Account": [{"id": "a1", "likes": 1}, {"id": "g1", "likes": 3}]},
            resolvers={"Account.badge": lambda account: f"*{account['name']}*"},
        ),
    ]


def account_supergraph(version: str, added: str) -> str:
    """`added` is what stands on an implementation's fields that only the interface object resolves."""
    return f"""
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/join/{version}", for: EXECUTION)
    {{ query: Query }}

    directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String,
      external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
    directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false,
      resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable
      on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
    scalar join__FieldSet
    scalar link__Import
    enum link__Purpose {{ SECURITY EXECUTION }}
    enum join__Graph {{
      LIKES @join__graph(name: "likes", url: "local:likes")
      USERS @join__graph(name: "users", url: "local:users")
    }}

    interface Account @join__type(graph: LIKES, key: "id", isInterfaceObject: true) @join__type(graph: USERS, key: "id") {{
      id: ID!
      likes: Int! @join__field(graph: LIKES)
      name: String @join__field(graph: LIKES, external: true) @join__field(graph: USERS)
      badge: String @join__field(graph: LIKES, requires: "name")
    }}
    type Admin implements Account @join__implements(graph: USERS, interface: "Account") @join__type(graph: USERS, key: "id") {{
      id: ID! @join__field(graph: USERS)
      name: String @join__field(graph: USERS)
      rights: String @join__field(graph: USERS)
      likes: Int! {added}
      badge: String {added}
    }}
    type Guest implements Account @join__implements(graph: USERS, interface: "Account") @join__type(graph: USERS, key: "id") {{
      id: ID!
      name: String
      visits: Int
      likes: Int! {added}
      badge: String {added}
    }}
    type Query @join__type(graph: LIKES) @join__type(graph: USERS) {{
      accounts: [Account!] @join__field(graph: USERS)
      latest: [Account] @join__field(graph: LIKES)
    }}
    """


ACCOUNT_OPERATIONS = {
    "added fields": Operation(
        "{ accounts { id likes badge ... on Admin { rights mine: likes } } }",
        {
            "accounts": [
                {"id": "a1", "likes": 1, "badge": "*Ada*", "rights": "all", "mine": 1},
                {"id": "g1", "likes": 3, "badge": "*Grace*"},
            ]
        },
    ),
    "through the interface object": Operation(
        "{ latest { __typename likes badge name ... on Guest { visits likes badge } } }",
        {
            "latest": [
                {"__typename": "Guest", "likes": 3, "badge": "*Grace*", "name": "Grace", "visits": 3},
                None,
                {"__typename": "Admin", "likes": 1, "badge": "*Ada*", "name": "Ada"},
            ]
        },
    ),
    "nothing but the interface object": Operation(
        "{ latest { id likes } }",
        {"latest": [{"id": "g1", "likes": 3}, None, {"id": "a1", "likes": 1}]},
        requests={"likes": 1},
    ),
}
V03_BARE = Case(accounts, ACCOUNT_OPERATIONS, account_supergraph("v0.3", "@join__field"))
V03_NAMED = Case(accounts, ACCOUNT_OPERATIONS, account_supergraph("v0.3", "@join__field(graph: LIKES)"))
V04_BARE = Case(accounts, ACCOUNT_OPERATIONS, account_supergraph("v0.4", "@join__field"))
V05_NAMED = Case(accounts, ACCOUNT_OPERATIONS, account_supergraph("v0.5", "@join__field(graph: LIKES)"))


def shop() -> list[Service]:
    return [
        Service(
            "products",
            """
            type Query { products: [Product] topItem: Item }
            interface Product { upc: String! name: String }
            type Book implements Product @key(fields: "upc") { upc: String! name: String pages: Int }
            type Chair implements Product @key(fields: "upc") { upc: String! name: String maker: Maker }
            type Maker { city: String }
            union Item = Book | Chair
            """,
            query={"products": [Ref("Book", upc="b"), Ref("Chair", upc="c"), None], "topItem": Ref("Chair", upc="c")},
            entities={
                "Book": [{"upc": "b", "name": "Emma", "pages": 400}],
                "Chair": [{"upc": "c", "name": "Stool", "maker": {"city": "Ghent"}}],
            },
            fed_1=True,
        ),
        Service(
            "reviews",
            """
            interface Product { reviews: [Review] }
            extend type Book implements Product @key(fields: "upc") {
              upc: String! @external pages: Int @external reviews: [Review] weight: Int @requires(fields: "pages")
            }
            extend type Chair implements Product @key(fields: "upc") { upc: String! @external reviews: [Review] }
            type Review @key(fields: "id") { id: ID! body: String about: Item author: User @provides(fields: "username") }
            extend type User @key(fields: "id") { id: ID! @external username: String @external reviews: [Review] }
            union Item = Book | Chair
            """,
            entities={
                "Book": [{"upc": "b", "reviews": [Ref("Review", id="1")]}],
                "Chair": [{"upc": "c", "reviews": []}],
                "Review": [
                    {"id": "1", "body": "fine", "about": Ref("Book", upc="b"), "author": {"id": "u", "username": "@me"}}
                ],
            },
            resolvers={"Book.weight": lambda book: book["pages"] // 2},
            fed_1=True,
        ),
        Service(
            "accounts",
            """
            type Query { me: User }
            type User @key(fields: "id") { id: ID! username: String age: Int }
            """,
            query={"me": Ref("User", id="u")},
            entities={"User": [{"id": "u", "username": "me", "age": 30}]},
            fed_1=True,
        ),
    ]


V01 = Case(
    shop,
    {
        "an interface and its members' fields elsewhere": Operation(
            "{ products { upc name ... on Book { pages reviews { body } } ... on Chair { reviews { id } maker { city } } } }",
            {
                "products": [
                    {"upc": "b", "name": "Emma", "pages": 400, "reviews": [{"body": "fine"}]},
                    {"upc": "c", "name": "Stool", "reviews": [], "maker": {"city": "Ghent"}},
                    None,
                ]
            },
            requests={"products": 1, "reviews": 1},
        ),
        "an interface that differs between subgraphs": Operation(
            "{ products { name upc reviews { body about { ... on Product { name reviews { id } } } } } }",
            {
                "products": [
                    {
                        "name": "Emma",
                        "upc": "b",
                        "reviews": [{"body": "fine", "about": {"name": "Emma", "reviews": [{"id": "1"}]}}],
                    },
                    {"name": "Stool", "upc": "c", "reviews": []},
                    None,
                ]
            },
        ),
        "requires, and provides": Operation(
            "{ topItem { ... on Product { name } } products { ... on Book { weight reviews { author { username } } } } }",
            {
                "topItem": {"name": "Stool"},
                "products": [{"weight": 200, "reviews": [{"author": {"username": "@me"}}]}, {}, None],
            },
            requests={"products": 1, "reviews": 1},
        ),
        "back from an extending subgraph by the key it holds": Operation(
            """{ products { ... on Book { reviews { about { ... on Book { upc name } ... on Chair { upc } }
                 author { id age } } } } }""",
            {
                "products": [
                    {"reviews": [{"about": {"upc": "b", "name": "Emma"}, "author": {"id": "u", "age": 30}}]},
                    {},
                    None,
                ]
            },
            requests={"products": 2, "reviews": 1, "accounts": 1},
        ),
    },
    """
    schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1")
    { query: Query }

    directive @core(feature: String!) repeatable on SCHEMA
    directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet) on FIELD_DEFINITION
    directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT | INTERFACE
    directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    scalar join__FieldSet
    enum join__Graph {
      ACCOUNTS @join__graph(name: "accounts", url: "local:accounts")
      PRODUCTS @join__graph(name: "products", url: "local:products")
      REVIEWS @join__graph(name: "reviews", url: "local:reviews")
    }

    interface Product { upc: String! name: String reviews: [Review] }
    union Item = Book | Chair
    type Book implements Product
      @join__owner(graph: PRODUCTS) @join__type(graph: PRODUCTS, key: "upc") @join__type(graph: REVIEWS, key: "upc") {
      upc: String! @join__field(graph: PRODUCTS)
      name: String @join__field(graph: PRODUCTS)
      pages: Int @join__field(graph: PRODUCTS)
      reviews: [Review] @join__field(graph: REVIEWS)
      weight: Int @join__field(graph: REVIEWS, requires: "pages")
    }
    type Chair implements Product
      @join__owner(graph: PRODUCTS) @join__type(graph: PRODUCTS, key: "upc") @join__type(graph: REVIEWS, key: "upc") {
      upc: String! @join__field(graph: PRODUCTS)
      name: String @join__field(graph: PRODUCTS)
      maker: Maker @join__field(graph: PRODUCTS)
      reviews: [Review] @join__field(graph: REVIEWS)
    }
    type Maker { city: String }
    type Review @join__owner(graph: REVIEWS) @join__type(graph: REVIEWS, key: "id") {
      id: ID! @join__field(graph: REVIEWS)
      body: String @join__field(graph: REVIEWS)
      about: Item @join__field(graph: REVIEWS)
      author: User @join__field(graph: REVIEWS, provides: "username")
    }
    type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
      id: ID! @join__field(graph: ACCOUNTS)
      username: String @join__field(graph: ACCOUNTS)
      age: Int @join__field(graph: ACCOUNTS)
      reviews: [Review] @join__field(graph: REVIEWS)
    }
    type Query {
      products: [Product] @join__field(graph: PRODUCTS)
      topItem: Item @join__field(graph: PRODUCTS)
      me: User @join__field(graph: ACCOUNTS)
    }
    """,
)


def library() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { node: Node own: Book @shareable }
            interface Node { id: ID! }
            type Book implements Node @key(fields: "id") { id: ID! title: String @shareable }
            """,
            query={"node": Ref("Book", id="1"), "own": Ref("Book", id="1")},
            entities={"Book": [{"id": "1", "title": "t"}]},
        ),
        Service(
            "b",
            """
            type Query { own: Item @shareable }
            union Item = Book | Card
            type Book @key(fields: "id") { id: ID! title: String! @shareable loans: [Card!] }
            type Card { owner: String }
            """,
            query={"own": Ref("Book", id="1")},
            entities={"Book": [{"id": "1", "title": "t", "loans": [{"owner": "me"}]}]},
        ),
    ]


V02 = Case(
    library,
    {
        "an object here, a union there": Operation(
            "{ own { __typename ... on Book { title loans { owner } } ... on Card { owner } } }",
            {"own": {"__typename": "Book", "title": "t", "loans": [{"owner": "me"}]}},
        ),
        "the interface of one subgraph only": Operation(
            "{ node { id ... on Book { title loans { owner } } } }",
            {"node": {"id": "1", "title": "t", "loans": [{"owner": "me"}]}},
            requests={"a": 1, "b": 1},
        ),
    },
    """
    schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.2", for: EXECUTION)
    { query: Query }

    enum join__Graph { A @join__graph(name: "a", url: "local:a") B @join__graph(name: "b", url: "local:b") }

    interface Node @join__type(graph: A) { id: ID! }
    union Item @join__type(graph: B) = Book | Card
    type Book implements Node @join__implements(graph: A, interface: "Node")
      @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
      id: ID!
      title: String @join__field(graph: A) @join__field(graph: B, type: "String!")
      loans: [Card!] @join__field(graph: B)
    }
    type Card @join__type(graph: B) { owner: String }
    type Query @join__type(graph: A) @join__type(graph: B) {
      node: Node @join__field(graph: A)
      own: Item @join__field(graph: A, type: "Book") @join__field(graph: B)
    }
    """,
)
