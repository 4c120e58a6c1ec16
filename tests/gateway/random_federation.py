"""Random worlds, random partitions of their schema over subgraphs, random operations on them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.gateway.federation import Federation, Ref, World, federate

SCALARS = ("s0", "s1", "s2", "s3", "s4")
RELATIONS = ("r0", "r1", "r2")


@dataclass
class Relation:
    target: str
    is_list: bool

    @property
    def type(self) -> str:
        return f"[{self.target}]" if self.is_list else self.target


class Draft:
    """A random schema of entities, an interface and a union, and who owns which field."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.graphs = [f"g{index}" for index in range(random.randint(2, 5))]
        self.types = [f"T{index}" for index in range(random.randint(2, 5))]
        self.members = sorted(random.sample(self.types, k=min(len(self.types), random.randint(2, 3))))
        targets = [*self.types, "I", "U", "V"]
        self.relations = {
            (name, field): Relation(random.choice(targets), random.random() < 0.5)
            for name in [*self.types, "V"]
            for field in RELATIONS
            if name != "V" or field == "r0"
        }
        self.relations["V", "r0"].target = random.choice(self.types)
        self.roots = {f"q{index}": Relation(random.choice(targets), random.random() < 0.5) for index in range(3)}
        owners = self._owners
        self.scalar_owners = {(name, field): owners(0.25) for name in self.types for field in SCALARS}
        self.relation_owners = {(name, field): owners(0.15) for name in self.types for field in RELATIONS}
        self.value_owners = {field: owners(0.4) for field in ("v0", "v1", "r0")}
        self.root_owners = {field: owners(0.25) for field in self.roots}
        # A value type has no key: whoever holds a part of it must be reachable through the field above.
        for place, relation in self.relations.items():
            if relation.target == "V":
                self.relation_owners[place] = self.graphs
        for field, relation in self.roots.items():
            if relation.target == "V":
                self.root_owners[field] = self.graphs
        self.second_key = {name: random.choice([None, *self.graphs]) for name in self.types}
        self.computed = {
            (name, random.choice(self.graphs)): random.sample(SCALARS[:4], 2)
            for name in self.types
            if random.random() < 0.6
        }
        # Some graphs know an entity by its second key only.
        self.only_second = {
            (name, graph)
            for name in self.types
            for graph in self.graphs[1:]
            if self.second_key[name] and name not in self.members and random.random() < 0.3
        }
        self.provided = {
            (place, graph): [
                f for f in random.sample(SCALARS[:4], 2) if graph not in self.scalar_owners[relation.target, f]
            ]
            for place, relation in self.relations.items()
            if relation.target in self.types and place[0] != "V"
            for graph in self.relation_owners[place]
            if random.random() < 0.3
        }
        self.external = {
            (self.relations[place].target, graph, field)
            for (place, graph), fields in self.provided.items()
            for field in fields
        } | {(name, graph, field) for (name, graph), fields in self.computed.items() for field in fields}
        self.new_owner = {
            (name, field): graph
            for name in self.types
            for field in SCALARS[:4]
            if random.random() < 0.2
            and len(self.scalar_owners[name, field]) == 1
            and (graph := random.choice(self.graphs)) not in self.scalar_owners[name, field]
            and (name, graph, field) not in self.external
        }
        self.interface_fields = random.sample(SCALARS[:4], 2)

    def _owners(self, shared: float) -> list[str]:
        count = 2 if self.random.random() < shared else 1
        return sorted(self.random.sample(self.graphs, k=count))

    def _relation(self, relation: Relation, needed: set[str]) -> str:
        needed.add(relation.target)
        return relation.type

    def sdl(self, graph: str) -> str:
        """One subgraph: the fields it owns, and stubs of what they lead to."""
        # The first subgraph knows every entity by all its keys.
        needed = {name for name in self.types if graph == self.graphs[0] or self._owns(name, graph)}
        lines: list[str] = []
        roots: list[str] = []
        for field, relation in self.roots.items():
            if graph in self.root_owners[field]:
                share = " @shareable" if len(self.root_owners[field]) > 1 else ""
                roots.append(f"{field}: {self._relation(relation, needed)}{share}")
        bodies: dict[str, list[str]] = {}
        while True:
            before = set(needed)
            if needed & {"I", "U"}:
                needed |= set(self.members)
            for name in sorted(needed - {"I", "U"} - set(bodies)):
                bodies[name] = self._body(name, graph, needed)
            if needed == before:
                break
        interface = self._interface(graph) if "I" in needed else None
        for name, body in bodies.items():
            if name == "V":
                lines.append(f"type V {{ {' '.join(body)} }}")
                continue
            implements = " implements I" if interface is not None and name in self.members else ""
            keys = "" if (name, graph) in self.only_second else '@key(fields: "id")'
            if self.second_key[name]:
                keys += ' @key(fields: "k")'
            lines.append(f"type {name}{implements} {keys} {{ {' '.join(body)} }}")
        if interface is not None:
            lines.append(f"interface I {{ {' '.join(interface)} }}")
        if "U" in needed:
            lines.append(f"union U = {' | '.join(self.members)}")
        if roots:
            lines.append(f"type Query {{ {' '.join(roots)} }}")
        return "\n".join(lines)

    def _owns(self, name: str, graph: str) -> bool:
        return (
            any(graph in self.scalar_owners[name, field] for field in SCALARS)
            or any(graph in self.relation_owners[name, field] for field in RELATIONS)
            or (name, graph) in self.computed
            or any(name == owned and graph == owner for (owned, _), owner in self.new_owner.items())
        )

    def _interface(self, graph: str) -> list[str]:
        shared = [
            field
            for field in self.interface_fields
            if all(graph in self.scalar_owners[name, field] for name in self.members)
        ]
        return ["id: ID!", *(f"{field}: String" for field in shared)]

    def _body(self, name: str, graph: str, needed: set[str]) -> list[str]:
        if name == "V":
            body = [f"{field}: String @shareable" for field in ("v0", "v1") if graph in self.value_owners[field]]
            if graph in self.value_owners["r0"]:
                body.append(f"r0: {self._relation(self.relations['V', 'r0'], needed)} @shareable")
            # A value type must be the same wherever it is reached from.
            return body or ["v2: String @shareable"]
        body = [] if (name, graph) in self.only_second else ["id: ID!"]
        if self.second_key[name]:
            body.append("k: String!")
        required = self.computed.get((name, graph), [])
        for field in SCALARS:
            if graph in self.scalar_owners[name, field]:
                share = " @shareable" if len(self.scalar_owners[name, field]) > 1 else ""
                body.append(f"{field}(lang: String): String{share}" if field == "s4" else f"{field}: String{share}")
            elif self.new_owner.get((name, field)) == graph:
                body.append(f'{field}: String @override(from: "{self.scalar_owners[name, field][0]}")')
            elif (name, graph, field) in self.external:
                body.append(f"{field}: String @external")
        usable = [f for f in required if graph not in self.scalar_owners[name, f]]
        if usable:
            body.append(f'c{graph}: String @requires(fields: "{" ".join(usable)}")')
        for field in RELATIONS:
            if graph in self.relation_owners[name, field]:
                share = " @shareable" if len(self.relation_owners[name, field]) > 1 else ""
                fields = self.provided.get(((name, field), graph))
                provides = f' @provides(fields: "{" ".join(fields)}")' if fields else ""
                body.append(f"{field}: {self._relation(self.relations[name, field], needed)}{share}{provides}")
        return body

    def world(self) -> World:
        random = self.random
        world = World({})
        ids = [str(index) for index in range(3)]

        def value(relation: Relation) -> Any:
            def one() -> Any:
                if random.random() < 0.15:
                    return None
                if relation.target == "V":
                    inner = self.relations["V", "r0"]
                    return {"__typename": "V", "v0": "x", "v1": None, "v2": "z", "r0": value(inner)}
                names = self.members if relation.target in ("I", "U") else [relation.target]
                return Ref(random.choice(names), random.choice(ids))

            return [one() for _ in range(random.randint(0, 3))] if relation.is_list else one()

        for name in self.types:
            for index in ids:
                scalars: dict[str, Any] = {
                    field: None if random.random() < 0.2 else f"{name}{index}{field}" for field in SCALARS
                }
                relations = {field: value(self.relations[name, field]) for field in RELATIONS}
                world.add(name, index, k=f"k{name}{index}", **scalars, **relations)
        world.roots = {field: value(relation) for field, relation in self.roots.items()}
        return world

    def federation(self) -> Federation:
        return federate(self.world(), **{graph: self.sdl(graph) for graph in self.graphs})


def random_query(random: Random, federation: Federation) -> str:
    """A valid operation on the federation's consumer schema."""
    supergraph = federation.supergraph
    names = 0

    def selections(type_name: str, depth: int) -> str:
        nonlocal names
        info = supergraph.types[type_name]
        parts: list[str] = []
        for field in info.fields.values():
            if random.random() < 0.45:
                continue
            composite = supergraph.is_composite(field.type.name)
            if composite and depth == 0:
                continue
            arguments = f'(lang: "{random.choice("ab")}")' if field.name == "s4" and random.random() < 0.6 else ""
            alias = ""
            if arguments or random.random() < 0.15:
                names += 1
                alias = f"a{names}: "
            elif random.random() < 0.1 and type_name != "Query":
                # An alias that shadows a field the planner may need.
                names += 1
                alias = f"x{names}_{field.name}: "
            inner = " " + selections(field.type.name, depth - 1) if composite else ""
            parts.append(f"{alias}{field.name}{arguments}{inner}")
        if info.is_abstract or random.random() < 0.1:
            parts.append("__typename")
        if info.is_abstract:
            for member in sorted(supergraph.possible_types(type_name)):
                if random.random() < 0.7:
                    parts.append(f"... on {member} {typed(member, depth)}")
        random.shuffle(parts)
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def typed(member: str, depth: int) -> str:
        # Unaliased composites could clash with those beside the fragment only in arguments; scalars suffice here.
        nonlocal names
        parts = []
        for field in supergraph.types[member].fields.values():
            if random.random() < 0.5:
                continue
            if supergraph.is_composite(field.type.name):
                if depth > 0:
                    names += 1
                    parts.append(f"a{names}: {field.name} {selections(field.type.name, depth - 1)}")
            elif field.name != "s4":
                parts.append(field.name)
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    return selections("Query", 3)
