"""Unions whose members differ between subgraphs, hold entities, lie in lists and spread interfaces over subgraphs."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { media: Media @shareable viewer: Viewer @shareable book: ViewerMedia @shareable songs: [Media] }
            union Media = Book | Song
            union ViewerMedia = Book | Song
            type Viewer { media: ViewerMedia @shareable book: Book @shareable song: ViewerMedia shelf: [Media!] @shareable }
            type Book @key(fields: "id") { id: ID! title: String @shareable aTitle: String }
            type Song @key(fields: "id") { id: ID! title: String @shareable aTitle: String }
            """,
            query={
                "media": Ref("Book", id="b"),
                "book": Ref("Book", id="b"),
                "songs": [Ref("Song", id="s"), Ref("Book", id="b"), None],
                "viewer": {
                    "media": Ref("Book", id="b"),
                    "book": Ref("Book", id="b"),
                    "song": Ref("Song", id="s"),
                    "shelf": [Ref("Book", id="b"), Ref("Book", id="b")],
                },
            },
            entities={
                "Book": [{"id": "b", "title": "Book b", "aTitle": "A b"}],
                "Song": [{"id": "s", "title": "Song s", "aTitle": "A s"}],
            },
        ),
        Service(
            "b",
            """
            type Query { media: Media @shareable viewer: Viewer @shareable book: ViewerMedia @shareable films: [Media] }
            union Media = Book | Film
            union ViewerMedia = Book | Film
            type Viewer { media: ViewerMedia @shareable book: Book @shareable film: ViewerMedia shelf: [Media!] @shareable }
            type Book @key(fields: "id") { id: ID! title: String @shareable bTitle: String }
            type Film @key(fields: "id") { id: ID! title: String @shareable bTitle: String }
            """,
            query={
                "media": Ref("Book", id="b"),
                "book": Ref("Book", id="b"),
                "films": [Ref("Film", id="f"), Ref("Book", id="b")],
                "viewer": {
                    "media": Ref("Book", id="b"),
                    "book": Ref("Book", id="b"),
                    "film": Ref("Film", id="f"),
                    "shelf": [Ref("Book", id="b"), Ref("Book", id="b")],
                },
            },
            entities={
                "Book": [{"id": "b", "title": "Book b", "bTitle": "B b"}],
                "Film": [{"id": "f", "title": "Film f", "bTitle": "B f"}],
            },
        ),
    ]


DIFFERING_MEMBERS = Case(
    services,
    {
        "a shared field": Operation(
            "{ media { __typename ... on Book { title } ... on Song { title } ... on Film { title } } }",
            {"media": {"__typename": "Book", "title": "Book b"}},
        ),
        "a shared field, its object's fields split": Operation(
            "{ media { ... on Book { aTitle bTitle } ... on Song { aTitle } ... on Film { bTitle } } }",
            {"media": {"aTitle": "A b", "bTitle": "B b"}},
            requests={"a": 1, "b": 1},
        ),
        "members one subgraph cannot return contribute nothing": Operation(
            "{ songs { ... on Film { title } ... on Song { title } } films { ... on Song { title } ... on Film { bTitle } } }",
            {"songs": [{"title": "Song s"}, {}, None], "films": [{"bTitle": "B f"}, {}]},
        ),
        "below a shared object": Operation(
            """{ viewer { media { ... on Book { aTitle bTitle } ... on Film { bTitle } } book { title bTitle }
                 song { __typename ... on Song { aTitle } ... on Film { bTitle } ... on Book { title } }
                 film { __typename ... on Song { aTitle } ... on Film { bTitle } ... on Book { title } } } }""",
            {
                "viewer": {
                    "media": {"aTitle": "A b", "bTitle": "B b"},
                    "book": {"title": "Book b", "bTitle": "B b"},
                    "song": {"__typename": "Song", "aTitle": "A s"},
                    "film": {"__typename": "Film", "bTitle": "B f"},
                }
            },
        ),
        "a shared list": Operation(
            "{ viewer { shelf { ... on Book { aTitle bTitle title } ... on Song { id } } } }",
            {"viewer": {"shelf": [{"aTitle": "A b", "bTitle": "B b", "title": "Book b"}] * 2}},
        ),
        "only members that the other subgraph has": Operation(
            "{ viewer { song { ... on Film { title } } film { ... on Song { title } } } }",
            {"viewer": {"song": {}, "film": {}}},
            requests={"a": 1, "b": 1},
        ),
        "the type's name alone": Operation(
            "{ media { __typename } viewer { film { __typename } } }",
            {"media": {"__typename": "Book"}, "viewer": {"film": {"__typename": "Film"}}},
        ),
    },
)


def nodes() -> list[Service]:
    """A shared field whose subgraphs each know some types only; an id leads where its type is known."""

    def accounts(id: str) -> Ref | None:  # noqa: A002  # the argument's name
        return Ref("Account", id=id) if id.startswith("a") else None

    def chats(id: str) -> Ref | None:  # noqa: A002  # the argument's name
        return Ref("Chat", id=id) if id.startswith("c") else None

    return [
        Service(
            "users",
            """
            type Query { node(id: ID!): Node @shareable account(id: ID!): Account }
            interface Node { id: ID! }
            type Account implements Node @key(fields: "id") { id: ID! username: String! }
            type Bot implements Node @key(fields: "id") { id: ID! }
            """,
            query={"node": accounts, "account": accounts},
            entities={"Account": [{"id": "a1", "username": "ada"}]},
        ),
        Service(
            "chats",
            """
            type Query { node(id: ID!): Node @shareable chat(id: ID!): Chat }
            interface Node { id: ID! }
            type Chat implements Node @key(fields: "id") { id: ID! text: String by: Account about: Node }
            type Account @key(fields: "id") { id: ID! }
            type Bot implements Node @key(fields: "id") { id: ID! }
            """,
            query={"node": chats, "chat": chats},
            entities={
                "Chat": [{"id": "c1", "text": "hi", "by": Ref("Account", id="a1"), "about": Ref("Chat", id="c1")}]
            },
        ),
    ]


NODES = Case(
    nodes,
    {
        "whoever knows the type is asked": Operation(
            '{ node(id: "c1") { ... on Chat { text by { username } } } }',
            {"node": {"text": "hi", "by": {"username": "ada"}}},
            requests={"chats": 1, "users": 1},
        ),
        "the other way round": Operation(
            '{ node(id: "a1") { id ... on Account { username } } }',
            {"node": {"id": "a1", "username": "ada"}},
            requests={"users": 1},
        ),
        "each alias where its type is known": Operation(
            '{ x: node(id: "a1") { ... on Account { username } } y: node(id: "c1") { __typename ... on Chat { id } } }',
            {"x": {"username": "ada"}, "y": {"__typename": "Chat", "id": "c1"}},
            requests={"users": 1, "chats": 1},
        ),
        "a circle through the interface": Operation(
            '{ chat(id: "c1") { about { ... on Chat { about { id ... on Chat { by { username } } } } } } }',
            {"chat": {"about": {"about": {"id": "c1", "by": {"username": "ada"}}}}},
            requests={"users": 1, "chats": 1},
        ),
        "an id of another type leads nowhere": Operation(
            '{ account(id: "c1") { id username } chat(id: "a1") { text } node(id: "c1") { ... on Account { id } } }',
            {"account": None, "chat": None, "node": None},
        ),
    },
)


def distributed() -> list[Service]:
    """The union in one subgraph; an interface over its members, and the interface's fields, in others."""
    return [
        Service(
            "events",
            """
            type Query { feed: [Event!]! last: Event }
            union Event = Post | Photo | Poll
            type Post @key(fields: "id") { id: ID! }
            type Photo @key(fields: "id") { id: ID! }
            type Poll @key(fields: "id") { id: ID! options: [String!]! }
            """,
            query={
                "feed": [Ref("Post", id="1"), Ref("Photo", id="2"), Ref("Poll", id="3")],
                "last": Ref("Photo", id="2"),
            },
            entities={"Poll": [{"id": "3", "options": ["y", "n"]}]},
        ),
        Service(
            "authors",
            """
            interface Authored { author: Person }
            type Post implements Authored @key(fields: "id") { id: ID! author: Person }
            type Photo implements Authored @key(fields: "id") { id: ID! author: Person size: Int }
            type Person @key(fields: "name") { name: String! recent: [Authored] }
            """,
            entities={
                "Post": [{"id": "1", "author": Ref("Person", name="P")}],
                "Photo": [{"id": "2", "author": Ref("Person", name="Q"), "size": 9}],
                "Person": [
                    {"name": "P", "recent": [Ref("Photo", id="2"), Ref("Post", id="1")]},
                    {"name": "Q", "recent": None},
                ],
            },
        ),
        Service(
            "stats",
            """
            interface Counted { views: Int! }
            type Photo implements Counted @key(fields: "id") { id: ID! views: Int! }
            type Poll implements Counted @key(fields: "id") { id: ID! views: Int! votes: Int }
            type Person @key(fields: "name") { name: String! best: Counted }
            """,
            entities={
                "Photo": [{"id": "2", "views": 20}],
                "Poll": [{"id": "3", "views": 30, "votes": 3}],
                "Person": [{"name": "P", "best": Ref("Poll", id="3")}, {"name": "Q", "best": Ref("Photo", id="2")}],
            },
        ),
    ]


DISTRIBUTED = Case(
    distributed,
    {
        "interfaces of other subgraphs on a union": Operation(
            "{ feed { ... on Authored { author { name } } ... on Counted { views } } }",
            {
                "feed": [
                    {"author": {"name": "P"}},
                    {"author": {"name": "Q"}, "views": 20},
                    {"views": 30},
                ]
            },
            requests={"events": 1, "authors": 1, "stats": 1},
        ),
        "an interface inside another that shares a member": Operation(
            "{ last { ... on Authored { ... on Counted { views } author { best { views ... on Photo { size } } } } } }",
            {"last": {"views": 20, "author": {"best": {"views": 20, "size": 9}}}},
        ),
        "round through interfaces back to the union's own fields": Operation(
            """{ feed { ... on Post { author { best { __typename ... on Poll { options votes } } recent { __typename
                 ... on Counted { views } ... on Post { id } } } } } }""",
            {
                "feed": [
                    {
                        "author": {
                            "best": {"__typename": "Poll", "options": ["y", "n"], "votes": 3},
                            "recent": [{"__typename": "Photo", "views": 20}, {"__typename": "Post", "id": "1"}],
                        }
                    },
                    {},
                    {},
                ]
            },
        ),
    },
)
