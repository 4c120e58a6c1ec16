"""Finds, for every leaf of an operation, the paths through subgraphs that lead to it.

Any set of paths is a valid plan; `choose` looks for a cheap one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.gateway.errors import PlanningFailed
from services.gateway.planner.choose import Costs, choose
from services.gateway.planner.field_set import RequirementKeys, expand_field_set
from services.gateway.planner.graph import EntityTarget, FieldMove, Graph, Provided
from services.gateway.planner.path import ENTER, ENTITY, FIELD, NARROW, Path
from services.gateway.planner.selection import (
    Field,
    Fragment,
    Operation,
    Selection,
    asked_of,
    clashing_keys,
)

MAX_ALTERNATIVES = 16
"""Candidate paths kept for one field."""

MAX_REENTRY = 2
"""How often one key of one subgraph may be in use above itself while a requirement is looked for."""


class Unresolvable(Exception):
    """No subgraph can be reached that resolves a field from the given paths."""

    def __init__(self, field: Field) -> None:
        super().__init__(f"{field.parent}.{field.name}")
        self.field = field


class Walker:
    """Walks one operation; interned steps live as long as the walker."""

    def __init__(self, graph: Graph, operation: Operation, *, deadline: float) -> None:
        self.graph = graph
        self.supergraph = graph.supergraph
        self.operation = operation
        self.costs = Costs(deadline=deadline)
        self._steps: dict[tuple[object, ...], Path] = {}
        self._keys = RequirementKeys(operation.taken_keys)
        self._field_sets: dict[tuple[str, str], tuple[Selection, ...]] = {}
        self._in_use: Counter[tuple[str, str, str]] = Counter()
        self._checking: set[tuple[object, ...]] = set()
        self._failed: set[tuple[object, ...]] = set()
        self._indirect: dict[tuple[object, ...], list[Path]] = {}
        self._unreached = 0
        """Fragments left out so far because no path at hand returns their type."""

    def walk(self, selections: Sequence[Selection]) -> list[Path]:
        """Chosen paths for every leaf of the selections on the operation's root type.

        Raises:
            PlanningFailed: some field cannot be reached, or the deadline passed.
        """
        try:
            if self.operation.kind == "query":
                groups = [group for item in selections for group in self._set((item,), self._entries(item))]
                return choose(groups, self.costs)
            # Nothing with effects may run in two subgraphs: one entry serves all of it.
            return self._cheapest(selections, self._entries(selections[0]))
        except Unresolvable as err:
            raise PlanningFailed(f"No subgraph path resolves {err}.") from err

    def _cheapest(self, selections: Sequence[Selection], starts: Sequence[Path]) -> list[Path]:
        best: tuple[tuple[int, int], list[Path]] | None = None
        failure: Unresolvable | None = None
        before = self._unreached
        for start in starts:
            if self.graph.is_interface_object(start.type, start.graph) and best is not None:
                continue
            self._unreached = before
            try:
                chosen = choose(self._set(selections, [start]), self.costs)
            except Unresolvable as err:
                failure = err
                continue
            mask = start.mask
            for path in chosen:
                mask |= path.mask
            # A start that answers for more members of an abstract type is worth its price.
            price = (self._unreached, self.costs.of(mask))
            if best is None or price < best[0]:
                best = (price, chosen)
        if best is None:
            self._unreached = before
            assert failure is not None
            raise failure
        self._unreached = best[0][0]
        return best[1]

    def _entries(self, selection: Selection) -> list[Path]:
        """Entering the subgraphs that resolve a root field, so that all others cost nothing."""
        assert isinstance(selection, Field)  # a root type is an object type
        root = self.operation.root
        owners = self.graph.owners(root, selection.name)
        return [self._enter(root, graph) for graph in self.supergraph.types[root].joins if graph in owners]

    # Steps ---------------------------------------------------------------------------------------

    def _intern(
        self,
        identity: tuple[object, ...],
        parent: Path | None,
        edge: str,
        type_name: str,
        graph: str,
        *,
        field: Field | None = None,
        target: EntityTarget | None = None,
        key: tuple[Selection, ...] = (),
        required: tuple[Selection, ...] = (),
        needs: tuple[Path, ...] = (),
        provided: Provided | None = None,
        hop: bool = False,
        doubtful: bool = False,
        members: tuple[str, ...] = (),
    ) -> Path:
        known = self._steps.get(identity)
        if known is None:
            index = len(self._steps)
            known = self._steps[identity] = Path(
                index,
                parent,
                edge,
                type_name,
                graph,
                field=field,
                target=target,
                key=key,
                required=required,
                needs=needs,
                provided=provided,
                hop=hop,
                doubtful=doubtful,
                members=members,
            )
            if hop:
                self.costs.hops |= 1 << index
            if doubtful:
                self.costs.doubts |= 1 << index
        return known

    def _enter(self, root: str, graph: str) -> Path:
        return self._intern((ENTER, graph), None, ENTER, root, graph, hop=True)

    def _narrow(self, path: Path, type_name: str, members: tuple[str, ...] = ()) -> Path:
        """One type of those a path leads to; or, of an interface, several object types at once."""
        identity = (path.index, NARROW, type_name, members)
        return self._intern(identity, path, NARROW, type_name, path.graph, provided=path.provided, members=members)

    def _selections(self, parent: str, text: str) -> tuple[Selection, ...]:
        known = self._field_sets.get((parent, text))
        if known is None:
            known = expand_field_set(self.supergraph, parent, text, self._keys)
            self._field_sets[parent, text] = known
        return known

    # Selections ----------------------------------------------------------------------------------

    def _set(self, selections: Sequence[Selection], paths: Sequence[Path]) -> list[list[Path]]:
        groups: list[list[Path]] = []
        shared: set[object] = set()
        for selection in selections:
            if isinstance(selection, Field):
                groups += self._field(selection, paths)
            else:
                groups += self._fragment(selection, selections, paths, shared)
        return groups

    def _field(self, field: Field, paths: Sequence[Path]) -> list[list[Path]]:
        self.costs.keep_to_deadline()
        found = [step for path in paths if (step := self._direct(path, field)) is not None]
        if not found and self._member_resolves(paths, field):
            try:
                return self._expanded(field, paths)
            except Unresolvable:
                pass  # another member is only found by its interface
        if field.is_leaf:
            found += self._all_indirect(self._worth_leaving(paths, found), field)
        elif not found or not self._settled(field, paths, found):
            found += self._all_indirect(paths, field)
        if not found:
            if self.supergraph.types[field.parent].kind == "interface":
                return self._expanded(field, paths)
            raise Unresolvable(field)
        found = _cheapest_first(found)
        if field.name == "__typename":
            return [found, *self._typenames_behind(field, paths)]
        if field.selections is None:
            return [found]
        return self._children(field, found)

    def _typenames_behind(self, field: Field, paths: Sequence[Path]) -> list[list[Path]]:
        """The object types of interface objects that a wider interface's `__typename` cannot tell."""
        groups: list[list[Path]] = []
        for path in paths:
            for name in self.graph.interface_objects(path.type, path.graph):
                if name != path.type:
                    steps = [self._direct(moved, field) for moved in self._typed(self._narrow(path, name))]
                    groups.append(_cheapest_first([step for step in steps if step is not None]))
        return [group for group in groups if group]

    def _member_resolves(self, paths: Sequence[Path], field: Field) -> bool:
        """Whether an interface's field can be answered where we are for some of its members, though not for all."""
        if self.supergraph.types[field.parent].kind != "interface" or field.name == "__typename":
            return False
        for path in paths:
            if self.supergraph.types[path.type].is_abstract and not self.graph.is_interface_object(
                path.type, path.graph
            ):
                for member in self.graph.members(path.type, path.graph):
                    move = self._move(path, field, member)
                    if move is not None and not move.requires and not move.doubtful:
                        return True
        return False

    def _worth_leaving(self, paths: Sequence[Path], found: Sequence[Path]) -> Sequence[Path]:
        """Paths from which moving to another subgraph costs no more requests than what resolves a leaf directly."""
        if all(step.doubtful for step in found):
            return paths
        resolving = {step.parent for step in found}
        least = min(self._requests(step) for step in found)
        return [path for path in paths if path not in resolving and self._requests(path) < least]

    def _requests(self, path: Path) -> int:
        return (path.mask & self.costs.hops).bit_count()

    def _settled(self, field: Field, paths: Sequence[Path], found: Sequence[Path]) -> bool:
        """Whether no other subgraph resolves the field than those it was found in."""
        reached = {path.graph for path in found}
        return all(self.graph.owners(path.type, field.name) <= reached for path in paths)

    def _children(self, field: Field, paths: list[Path]) -> list[list[Path]]:
        assert field.selections is not None
        selections = field.selections
        output = self.supergraph.types[field.type.name]
        if output.is_abstract and len(paths) > 1:
            # Two subgraphs may hold different objects here: prefer one that answers everything.
            try:
                return [[path] for path in self._cheapest(selections, paths)]
            except Unresolvable:
                pass
        return self._set(selections, paths) or [paths]

    def _expanded(self, field: Field, paths: Sequence[Path]) -> list[list[Path]]:
        """Asks an interface's field type by type, where the members differ in who resolves it."""
        groups: list[list[Path]] = []
        reachable = False
        for member in sorted(self.supergraph.possible_types(field.parent)):
            definition = self.supergraph.types[member].fields.get(field.name)
            if definition is None or not self._narrowed(member, paths):
                continue
            reachable = True
            own = Field(
                member,
                field.name,
                field.key,
                definition.type,
                field.arguments,
                field.variables,
                field.selections,
            )
            groups += self._fragment(Fragment(member, (own,)), (field,), paths, set())
        if not reachable:
            if any(self.graph.is_interface_object(path.type, path.graph) for path in paths):
                raise Unresolvable(field)
            self._unreached += 1  # no subgraph at hand implements the interface: it returns none
        return groups

    def _narrowed(self, type_name: str, paths: Sequence[Path]) -> list[Path]:
        found: list[Path] = []
        for path in paths:
            if path.type == type_name:
                found.append(path)
            elif self.supergraph.types[path.type].is_abstract and type_name in self.graph.members(
                path.type, path.graph
            ):
                found.append(self._narrow(path, type_name))
        return found + [
            self._narrow(moved, type_name)
            for path in self._untyped(type_name, paths)
            for moved in self._typed(path)
            if type_name in self.graph.members(path.type, moved.graph)
        ]

    def _untyped(self, type_name: str, paths: Sequence[Path]) -> list[Path]:
        """Interface objects among and behind what the paths lead to that may be objects of this type."""
        return [
            path if name == path.type else self._narrow(path, name)
            for path in paths
            for name in self.graph.interface_objects(path.type, path.graph)
            if type_name in self.supergraph.possible_types(name)
        ]

    def _fragment(
        self, fragment: Fragment, siblings: Sequence[Selection], paths: Sequence[Path], shared: set[object]
    ) -> list[list[Path]]:
        """Paths to what one fragment of an abstract type's selections, `siblings`, asks.

        `shared` notes what was found for several fragments at once, which is not looked for again.
        """
        found = self._narrowed(fragment.type_name, paths)
        if not found:
            self._unreached += 1
            return []  # no subgraph returns this member here
        untyped = self._untyped(fragment.type_name, paths)
        if not untyped:
            return self._set(fragment.selections, found)
        groups: list[list[Path]] = []
        for item in fragment.selections:
            assert isinstance(item, Field)  # a fragment is on an object type
            # An interface object answers for every member, so it is asked what is asked of all of them.
            for_all = [path for path in untyped if self._is_asked_of_all(item, siblings, path)]
            entered = [] if for_all else self._entered(item, siblings, untyped, found)
            if entered:
                identity = (item.identity, item.selections, *entered)
                if identity in shared:
                    continue
                try:
                    groups += self._set([item], entered)
                    shared.add(identity)
                    continue
                except Unresolvable:
                    pass  # what lies below is only found by the members
            try:
                groups += self._set([item], [*for_all, *found])
            except Unresolvable:
                # No key leads back to the interface object: what it holds is asked of other members, too.
                if item.key in clashing_keys(siblings):
                    raise
                groups += self._set([item], untyped)
        return groups

    def _is_asked_of_all(self, item: Field, siblings: Sequence[Selection], path: Path) -> bool:
        members = self.supergraph.possible_types(path.type)
        return asked_of(item, siblings, members) == members

    def _entered(
        self, item: Field, siblings: Sequence[Selection], untyped: Sequence[Path], found: Sequence[Path]
    ) -> list[Path]:
        """Interface objects that resolve a field, entered for all members of which it is asked, once their types are known."""
        if any(self._direct(path, item) is not None for path in found):
            return []
        entered: list[Path] = []
        for path in untyped:
            members = tuple(sorted(asked_of(item, siblings, self.supergraph.possible_types(path.type))))
            for target in self.graph.entity_targets(path.type):
                move = self.graph.resolve(target.type, target.graph, item.name) if target.interface_object else None
                # What a field requires is looked for member by member, or it would be asked of others.
                if move is None or move.requires:
                    continue
                moves = [self._entity(self._narrow(typed, typed.type, members), target) for typed in self._typed(path)]
                entered += [moved for moved in moves if moved is not None]
        return entered

    # Direct and indirect moves -------------------------------------------------------------------

    def _direct(self, path: Path, field: Field) -> Path | None:
        if field.name == "__typename":
            if self.graph.is_interface_object(path.type, path.graph):
                return None
            return self._intern((path.index, *field.identity), path, FIELD, "String", path.graph, field=field)
        move = self._move(path, field)
        if move is None:
            return None
        identity = (path.index, *field.identity)
        known = self._steps.get(identity)
        if known is not None:
            return known
        if move.requires:
            return self._requiring(identity, path, field, move)
        return self._intern(
            identity,
            path,
            FIELD,
            move.type,
            path.graph,
            field=field,
            provided=move.provides,
            doubtful=move.doubtful,
        )

    def _move(self, path: Path, field: Field, member: str | None = None) -> FieldMove | None:
        """The move of a field on what a path leads to, or on one member of it."""
        name = member or path.type
        if path.provided is not None:
            provided = self.graph.provided(name, path.graph, field.name, path.provided)
            if provided is not None:
                return provided
        move = self.graph.resolve(name, path.graph, field.name)
        if move is None:
            return None
        is_interface = self.supergraph.types[name].kind == "interface"
        if not is_interface or self.graph.is_interface_object(name, path.graph):
            return move
        if move.requires or not self.graph.uniform(name, path.graph, field.name):
            return None
        return move

    def _requiring(self, identity: tuple[object, ...], path: Path, field: Field, move: FieldMove) -> Path | None:
        """A field with `@requires`: its subgraph is entered (again) with the required data."""
        assert move.requires is not None
        guard = ("requires", path.type, path.graph, field.name, path.index)
        in_use = ("requires", f"{path.type}.{field.name}", path.graph)
        if guard in self._checking or self._in_use[in_use] >= MAX_REENTRY:
            return None
        self._checking.add(guard)
        self._in_use[in_use] += 1
        try:
            required = self._selections(path.type, move.requires)
            if path.edge is ENTITY:
                assert path.parent is not None
                base, key, key_needs = path.parent, path.key, path.needs
            else:
                found = self._own_key(path)
                if found is None:
                    return None
                base, (key, key_needs) = path, found
            try:
                needs = choose(self._set(required, [base]), self.costs)
            except Unresolvable:
                return None
        finally:
            self._checking.discard(guard)
            self._in_use[in_use] -= 1
        return self._intern(
            identity,
            path,
            FIELD,
            move.type,
            path.graph,
            field=field,
            key=key,
            required=required,
            needs=(*key_needs, *needs),
            provided=move.provides,
            hop=path.edge is not ENTITY,
        )

    def _own_key(self, path: Path) -> tuple[tuple[Selection, ...], tuple[Path, ...]] | None:
        for target in self.graph.entity_targets(path.type):
            if target.graph != path.graph or target.type != path.type:
                continue
            key = self._selections(path.type, target.key)
            try:
                return key, tuple(choose(self._set(key, [path]), self.costs))
            except Unresolvable:
                continue
        return None

    def _all_indirect(self, paths: Sequence[Path], field: Field) -> list[Path]:
        found: list[Path] = []
        for path in paths:
            found += self._indirect_from(path, field)
        return found

    def _indirect_from(self, path: Path, field: Field) -> list[Path]:
        memo_key = (path.index, *field.identity)
        known = self._indirect.get(memo_key)
        if known is not None:
            return known
        if field.name == "__typename":
            found = [step for moved in self._typed(path) if (step := self._direct(moved, field)) is not None]
        else:
            best: dict[tuple[str, str], Path] = {}
            for target in self.graph.entity_targets(path.type):
                if target.graph == path.graph and target.type == path.type:
                    continue
                if self.graph.resolve(target.type, target.graph, field.name) is None:
                    continue
                entity = self._entity(path, target)
                step = self._direct(entity, field) if entity is not None else None
                if step is None:
                    continue
                place = (target.graph, target.type)
                if place not in best or _price(step) < _price(best[place]):
                    best[place] = step
            found = list(best.values())
        if found or not self._checking:
            self._indirect[memo_key] = found
        return found

    def _typed(self, path: Path) -> list[Path]:
        """From an interface object to subgraphs that know which object type it really is."""
        if not self.graph.is_interface_object(path.type, path.graph):
            return []
        return [
            moved
            for target in self.graph.entity_targets(path.type)
            if not target.interface_object and (moved := self._entity(path, target)) is not None
        ]

    def _entity(self, path: Path, target: EntityTarget) -> Path | None:
        identity = (path.index, ENTITY, target)
        known = self._steps.get(identity)
        if known is not None:
            return known
        if identity in self._failed or identity in self._checking:
            return None
        if target.by_members and self.graph.is_interface_object(path.type, path.graph):
            return None
        in_use = (target.type, target.graph, target.key)
        if self._in_use[in_use] >= MAX_REENTRY:
            return None
        outermost = not self._checking
        self._checking.add(identity)
        self._in_use[in_use] += 1
        try:
            key = self._selections(target.type, target.key) if target.key else ()
            # The fields are those of the type we stand on; an interface's key holds for its members.
            fields = self._selections(path.type, target.key) if target.key else ()
            needs = tuple(choose(self._set(fields, [path]), self.costs))
        except Unresolvable:
            if outermost:
                self._failed.add(identity)
            return None
        finally:
            self._checking.discard(identity)
            self._in_use[in_use] -= 1
        return self._intern(
            identity,
            path,
            ENTITY,
            target.type,
            target.graph,
            target=target,
            key=key,
            needs=needs,
            hop=True,
        )


def _price(path: Path) -> tuple[bool, int, int]:
    return path.doubtful, path.depth, path.mask.bit_count()


def _cheapest_first(paths: list[Path]) -> list[Path]:
    unique = list(dict.fromkeys(paths))
    if len(unique) > 1:
        unique.sort(key=_price)
    if len(unique) <= MAX_ALTERNATIVES:
        return unique
    kept = unique[:MAX_ALTERNATIVES]
    reached = {(path.type, path.graph) for path in kept}
    for path in unique[MAX_ALTERNATIVES:]:
        # Every subgraph stays reachable, or a child could become unresolvable.
        if (path.type, path.graph) not in reached:
            reached.add((path.type, path.graph))
            kept.append(path)
    return kept
