"""Random worlds, random partitions of their schema over subgraphs, random operations on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import GraphQLError, parse, validate

from services.gateway.node_fields import NODE_GRAPH
from services.gateway.node_ids import encode_id
from tests.gateway.federation import Federation, Ref, World, federate, federate_with_node_fields

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
    """A random schema of entities, interfaces and a union, and who owns which field.

    I and U have members in every subgraph that knows them; N is implemented by almost every entity; K's members are I's, and
    the subgraphs `o0`, `o1` add fields to K as an interface object.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.graphs = [f"g{index}" for index in range(random.randint(2, 5))]
        self.types = [f"T{index}" for index in range(random.randint(2, 5))]
        self.members = sorted(random.sample(self.types, k=min(len(self.types), random.randint(2, 3))))
        targets = [*self.types, "I", "U", "V", "N"]
        self.adding = ["o0", "o1"][: random.randint(0, 2)]
        """Subgraphs that know K as an interface object and nothing else."""
        if self.adding:
            targets.append("K")
        self.relations = {
            (name, field): Relation(random.choice(targets), random.random() < 0.5)
            for name in [*self.types, "V"]
            for field in RELATIONS
            if name != "V" or field == "r0"
        }
        self.relations["V", "r0"].target = random.choice(self.types)
        self.roots = {f"q{index}": Relation(random.choice(targets), random.random() < 0.5) for index in range(3)}
        self.not_null = {(name, field) for name in self.types for field in SCALARS[:4] if random.random() < 0.25}
        self.added = {
            graph: {
                "rk": Relation("K", random.random() < 0.5),
                "root": Relation("K", random.random() < 0.5),
            }
            for graph in self.adding
        }
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
        self.nested_key = {name for name in self.types if random.random() < 0.4}
        """Entities whose second key lies inside an object of their own."""
        # What a field requires may lie behind another entity.
        self.behind = {
            (name, graph): (relation, field)
            for (name, graph) in self.computed
            for relation in random.sample(RELATIONS, 1)
            for field in random.sample(SCALARS[:4], 1)
            if (target := self.relations[name, relation].target) in self.types
            and graph not in self.relation_owners[name, relation]
            and graph not in self.scalar_owners[target, field]
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
        }
        self.external |= {(name, graph, field) for (name, graph), fields in self.computed.items() for field in fields}
        self.external |= {
            (self.relations[name, relation].target, graph, field)
            for (name, graph), (relation, field) in self.behind.items()
        }
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
        # The first subgraph holds K's key; what an interface object requires has to be one of K's fields there.
        self.known_of_k = [
            field
            for field in SCALARS[:4]
            if all(
                self.graphs[0] in self.scalar_owners[name, field] and (name, field) not in self.new_owner
                for name in self.members
            )
        ]
        self.implementing_n = [
            name for name in self.types if not any((name, graph) in self.only_second for graph in self.graphs)
        ]
        used = {(name, field) for name, _, field in self.external}
        used |= {(name, field) for name in self.members for field in self.known_of_k} | set(self.new_owner)
        # What nothing is computed from may fail.
        self.failing = {
            (name, field)
            for name in self.types
            for field in SCALARS
            if random.random() < 0.2 and (name, field) not in used | self.not_null
        }
        self.failing |= {(name, f"k{graph}") for name in self.members for graph in self.adding if random.random() < 0.3}
        # One subgraph may be less strict than the others, where none refers to the field.
        self.nullable_in = {(name, field, random.choice(self.graphs)) for name, field in sorted(self.not_null - used)}

    def _owners(self, shared: float) -> list[str]:
        count = 2 if self.random.random() < shared else 1
        return sorted(self.random.sample(self.graphs, k=count))

    def _relation(self, relation: Relation, needed: set[str]) -> str:
        needed.add(relation.target)
        return relation.type

    def sdl(self, graph: str) -> str:
        """One subgraph: the fields it owns, and stubs of what they lead to."""
        return self._adding_sdl(graph) if graph in self.adding else self._entities_sdl(graph)

    def _adding_sdl(self, graph: str) -> str:
        relations = self.added[graph]
        body = ["id: ID!", f"k{graph}: String", f"r{graph}: {relations['rk'].type}"]
        if self.known_of_k:
            known = self.known_of_k[0]
            body += [f"{known}: String @external", f'c{graph}: String @requires(fields: "{known}")']
        return f"""type Query {{ q{graph}: {relations["root"].type} }}
          type K @key(fields: "id") @interfaceObject {{ {" ".join(body)} }}"""

    def _entities_sdl(self, graph: str) -> str:
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
            if graph == self.graphs[0] and self.adding:
                needed.add("K")
            if needed & {"I", "U", "K"}:
                needed |= set(self.members)
            if "N" in needed:
                needed |= set(self.implementing_n)
            for name in sorted(needed - {"I", "U", "K", "N"} - set(bodies)):
                bodies[name] = self._body(name, graph, needed)
            if needed == before:
                break
        interfaces = {
            "I": (["N"] if "N" in needed else [], self.members, self._interface(graph)),
            "K": ([], self.members, self._key_interface(graph)),
            "N": ([], self.implementing_n, ["id: ID!"]),
        }
        interfaces = {name: each for name, each in interfaces.items() if name in needed}
        for name, body in bodies.items():
            if name == "V":
                lines.append(f"type V {{ {' '.join(body)} }}")
                continue
            named = [interface for interface, (_, members, _) in interfaces.items() if name in members]
            implements = f" implements {' & '.join(named)}" if named else ""
            keys = "" if (name, graph) in self.only_second else '@key(fields: "id")'
            if self.second_key[name]:
                keys += ' @key(fields: "n { k }")' if name in self.nested_key else ' @key(fields: "k")'
            lines.append(f"type {name}{implements} {keys} {{ {' '.join(body)} }}")
        for name, (wider, _, body) in interfaces.items():
            implements = f" implements {' & '.join(wider)}" if wider else ""
            key = ' @key(fields: "id")' if name == "K" and graph == self.graphs[0] else ""
            lines.append(f"interface {name}{implements}{key} {{ {' '.join(body)} }}")
        if any("n: N1!" in body for body in bodies.values()):
            lines.append("type N1 { k: String! @shareable }")
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

    def _key_interface(self, graph: str) -> list[str]:
        known = self.known_of_k if graph == self.graphs[0] else []
        return ["id: ID!", *(f"{field}: String" for field in known)]

    def _string(self, name: str, field: str, graph: str) -> str:
        strict = (name, field) in self.not_null and (name, field, graph) not in self.nullable_in
        return "String!" if strict else "String"

    def _body(self, name: str, graph: str, needed: set[str]) -> list[str]:
        if name == "V":
            body = [f"{field}: String @shareable" for field in ("v0", "v1") if graph in self.value_owners[field]]
            if graph in self.value_owners["r0"]:
                body.append(f"r0: {self._relation(self.relations['V', 'r0'], needed)} @shareable")
            # A value type must be the same wherever it is reached from.
            return body or ["v2: String @shareable"]
        body = [] if (name, graph) in self.only_second else ["id: ID!"]
        if self.second_key[name]:
            body.append("n: N1!" if name in self.nested_key else "k: String!")
        required = self.computed.get((name, graph), [])
        for field in SCALARS:
            string = self._string(name, field, graph)
            if graph in self.scalar_owners[name, field]:
                share = " @shareable" if len(self.scalar_owners[name, field]) > 1 else ""
                body.append(f"{field}(lang: String): String{share}" if field == "s4" else f"{field}: {string}{share}")
            elif self.new_owner.get((name, field)) == graph:
                body.append(f'{field}: {string} @override(from: "{self.scalar_owners[name, field][0]}")')
            elif (name, graph, field) in self.external:
                body.append(f"{field}: {string} @external")
        usable = [f for f in required if graph not in self.scalar_owners[name, f]]
        if (name, graph) in self.behind:
            relation, behind = self.behind[name, graph]
            body.append(f"{relation}: {self._relation(self.relations[name, relation], needed)} @external")
            usable.append(f"{relation} {{ {behind} }}")
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
        ids = {name: [f"{name}-{index}" for index in range(3)] for name in self.types}
        behind = {"I": self.members, "U": self.members, "K": self.members, "N": self.implementing_n}

        def value(relation: Relation) -> Any:
            def one() -> Any:
                if random.random() < 0.15:
                    return None
                if relation.target == "V":
                    inner = self.relations["V", "r0"]
                    return {"__typename": "V", "v0": "x", "v1": None, "v2": "z", "r0": value(inner)}
                name = random.choice(behind.get(relation.target, [relation.target]))
                return Ref(name, random.choice(ids[name]))

            return [one() for _ in range(random.randint(0, 3))] if relation.is_list else one()

        for name in self.types:
            for index in ids[name]:
                scalars: dict[str, Any] = {
                    field: None if random.random() < 0.2 and (name, field) not in self.not_null else f"{index}{field}"
                    for field in SCALARS
                }
                relations = {field: value(self.relations[name, field]) for field in RELATIONS}
                for graph in self.adding:
                    scalars[f"k{graph}"] = random.choice([None, f"{index}k{graph}"])
                    relations[f"r{graph}"] = value(self.added[graph]["rk"])
                for field in scalars:
                    if (name, field) in self.failing and random.random() < 0.5:
                        scalars[field] = GraphQLError("failed", extensions={"code": "FAILED"})
                nested = {"__typename": "N1", "k": f"k{index}"}
                world.add(name, index, k=f"k{index}", n=nested, **scalars, **relations)
        world.roots = {field: value(relation) for field, relation in self.roots.items()}
        for graph in self.adding:
            world.roots[f"q{graph}"] = value(self.added[graph]["root"])
            if self.known_of_k:
                world.requires |= {(name, f"c{graph}"): self.known_of_k[0] for name in self.members}
        return world

    def federation(self) -> Federation:
        return federate(self.world(), **self._sdls())

    def federation_with_nodes(self) -> tuple[Federation, Mapping[str, str]]:
        """The same with the gateway's node fields, and arguments for them that find what `roots` say."""
        federation = federate_with_node_fields(self.world(), **self._sdls())
        world, types = federation.world, federation.supergraph.types
        ids: dict[Ref, str] = {}
        for (name, index), item in world.objects.items():
            join = types[name].joins.get(NODE_GRAPH)
            if join is not None:
                text = encode_id(name, [item[field] for field in join.keys[0].fields.split()])
                item["nodeId"] = ids[Ref(name, index)] = text
        wanted = [self.random.choice(list(ids)) for _ in range(5)]
        world.roots |= {"node": wanted[0], "nodes": wanted}
        listed = ", ".join(f'"{ids[item]}"' for item in wanted)
        return federation, {"node": f'(id: "{ids[wanted[0]]}")', "nodes": f"(ids: [{listed}])"}

    def _sdls(self) -> dict[str, str]:
        return {graph: self.sdl(graph) for graph in [*self.graphs, *self.adding]}


def random_query(random: Random, federation: Federation, given: Mapping[str, str] | None = None) -> str:
    """A valid operation on the federation's consumer schema; `given` are arguments of fields that need some."""
    while True:
        query = _random_query(random, federation, given or {})
        if not validate(federation.supergraph.schema, parse(query)):
            return query


def _random_query(random: Random, federation: Federation, given: Mapping[str, str]) -> str:
    """An operation whose fragments may still conflict."""
    supergraph = federation.supergraph
    names = 0
    left = 60

    def selections(type_name: str, depth: int, nesting: int = 2) -> str:
        nonlocal names, left
        info = supergraph.types[type_name]
        parts: list[str] = []
        for field in info.fields.values():
            if field.inaccessible or random.random() < 0.45:
                continue
            composite = supergraph.is_composite(field.type.name)
            if composite and (depth == 0 or left < 0):
                continue
            left -= 1
            arguments = f'(lang: "{random.choice("ab")}")' if field.name == "s4" and random.random() < 0.6 else ""
            arguments = arguments or given.get(field.name, "")
            alias = ""
            if arguments or random.random() < 0.15:
                names += 1
                alias = f"a{names}: "
            elif random.random() < 0.1 and type_name != "Query":
                names += 1
                alias = f"x{names}_{field.name}: "
            elif random.random() < 0.03 and type_name != "Query":
                # An alias that shadows a field the planner may need.
                alias = f"{random.choice(['id', 'k', 'n', *SCALARS, *RELATIONS])}: "
            inner = " " + selections(field.type.name, depth - 1) if composite else ""
            parts.append(f"{alias}{field.name}{arguments}{inner}")
        if info.is_abstract or random.random() < 0.1:
            parts.append("__typename")
        if info.is_abstract and nesting:
            possible = supergraph.possible_types(type_name)
            for condition in sorted(each.name for each in supergraph.types.values() if each.is_composite):
                share = 0.7 if condition in possible else 0.15
                if supergraph.possible_types(condition) & possible and left > 0 and random.random() < share:
                    parts.append(f"... on {condition} {selections(condition, depth, nesting - 1)}")
        random.shuffle(parts)
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    return selections("Query", 3)
