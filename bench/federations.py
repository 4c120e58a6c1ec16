"""Made-up federations of any size, the same in each run: what departments that share a gateway would publish.

Every subgraph owns entities, an interface over some of them, a union, value types, enums and inputs; its entities are extended by
others (with a second key, with `@requires`); a user, money and page types belong to all.
"""

from dataclasses import dataclass
from random import Random

from services.gateway.compose import Subgraph

ENTITIES = 9
TYPES_PER_SUBGRAPH = 25
_LINK = """extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires", "@provides", "@tag", "@inaccessible"])
"""
_SHARED = """
scalar DateTime
enum Currency { CNY EUR USD }
interface Node { id: ID! }
type Money @shareable { amount: Int! currency: Currency! }
type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }
"""


@dataclass(frozen=True)
class Shape:
    """How big a federation is."""

    subgraphs: int
    seed: int = 1

    @property
    def types(self) -> int:
        return self.subgraphs * TYPES_PER_SUBGRAPH


class _Federation:
    def __init__(self, shape: Shape) -> None:
        self.count = shape.subgraphs
        self.random = Random(shape.seed)
        self.foreign: list[dict[str, str]] = [{} for _ in range(self.count)]
        """Each subgraph's definitions of types that others own, by name."""
        self.bodies = [self._own(number) for number in range(self.count)]

    def _own(self, number: int) -> str:
        """What one subgraph defines itself; what others add to it goes to `foreign`."""
        name = f"S{number}"
        parts = [
            f"interface {name}Item implements Node {{ id: ID! name: String! createdAt: DateTime }}",
            f"union {name}Result = {name}E3 | {name}E4",
            f"scalar {name}Code",
        ]
        for index in range(3):
            values = " ".join(f"{name}_{index}_{value}" for value in "ABCDEF")
            parts.append(f"enum {name}State{index} {{ {values} }}")
            parts.append(
                f"input {name}Input{index} {{ text: String! state: {name}State{index} = {name}_{index}_A "
                "tags: [String!] note: String from: DateTime }"
            )
        parts.append(f"input {name}Filter {{ any: [{name}Input0!] all: [{name}Input1!] author: ID }}")
        for index in range(3):
            parts.append(f"type {name}Page{index} {{ items: [{name}E{index}!]! page: PageInfo! total: Int }}")
        parts.append(f"type {name}Details {{ summary: String price: Money owner: User parts: [{name}Part!] }}")
        parts.append(f'type {name}Part {{ label: String! code: {name}Code weight: Int @tag(name: "internal") }}')
        parts.append(f"type {name}Payload {{ item: {name}E0 result: {name}Result errors: [String!]! }}")
        parts += [self._entity(number, index) for index in range(ENTITIES)]
        user = 'type User @key(fields: "id") { id: ID!'
        if number == 0:
            user += " username: String! name: String"
        if number % 4 == 1:
            user += f" items{number}(first: Int = 10): [{name}E0!]!"
        parts.append(user + " }")
        parts.append(
            f"type Query {{ s{number}: {name}E0 s{number}Page0(filter: {name}Filter): {name}Page0! "
            f"s{number}Page1(first: Int = 20, after: String): {name}Page1! s{number}Search(text: String!): [{name}Item!] "
            f"s{number}Find(id: ID!): {name}Result s{number}Me: User }}"
        )
        parts.append(
            f"type Mutation {{ s{number}Create(input: {name}Input0!): {name}Payload! "
            f"s{number}Change(id: ID!, input: {name}Input1!): {name}Payload! s{number}Remove(id: ID!): Boolean }}"
        )
        return "\n".join(parts)

    def _entity(self, number: int, index: int) -> str:
        own = f"S{number}E{index}"
        keys = '@key(fields: "id")'
        fields = ["id: ID!", "name: String!", "createdAt: DateTime", f"state: S{number}State{index % 3}"]
        fields += [f"text{column}: String" for column in range(4)]
        fields += [f"details: S{number}Details", "price: Money", "author: User"]
        if index % 3 == 1:
            keys += ' @key(fields: "code")'
            fields.append("code: String!")
        if index % 3 == 2:
            keys += ' @key(fields: "region author { id }")'
            fields.append("region: String!")
        fields.append("next: " + self._referred(number, (number + 1) % self.count, index))
        fields.append("related(first: Int): [" + self._referred(number, self._other(number), index) + "!]")
        interfaces = f"Node & S{number}Item" if index < 3 else "Node"
        for extra in range(self.random.randint(1, 3)):
            key = "code" if index % 3 == 1 and extra == 1 else "id"
            self._extend(own, index, self._other(number), extra, key)
        return f"type {own} implements {interfaces} {keys} {{ {' '.join(fields)} }}"

    def _other(self, number: int) -> int:
        return (number + self.random.randint(2, self.count - 1)) % self.count

    def _referred(self, number: int, other: int, index: int) -> str:
        """A type of another subgraph, which this one then only names unless it extends it."""
        name = f"S{other}E{index}"
        self.foreign[number].setdefault(name, f'type {name} @key(fields: "id", resolvable: false) {{ id: ID! }}')
        return name

    def _extend(self, own: str, index: int, other: int, extra: int, key: str) -> None:
        kind = "String!" if key == "code" else "ID!"
        fields = f"{key}: {kind} stat{other}_{extra}: Int note{other}_{extra}: String"
        if extra == 2:
            fields += f' text{index % 4}: String @external score{other}: Float @requires(fields: "text{index % 4}")'
        self.foreign[other][own] = f'type {own} @key(fields: "{key}") {{ {fields} }}'

    def sdl(self, number: int) -> str:
        return "\n".join([_LINK, _SHARED, self.bodies[number], *self.foreign[number].values()])


def federation(shape: Shape) -> list[Subgraph]:
    """The subgraphs of a federation."""
    made = _Federation(shape)
    return [Subgraph(f"s{number}", f"http://s{number}", made.sdl(number)) for number in range(shape.subgraphs)]
