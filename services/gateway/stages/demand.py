"""Demand control: what an operation may cost by `@cost` and `@listSize`, before anything is asked (Federation 2.9).

The estimate follows the IBM GraphQL cost directives: an object costs 1, a scalar or enum 0, a mutation 10 besides, a list
as many as it may have items, an abstract type its most expensive object. It is compiled once per operation into a number
or, where variables say how long lists are, into a function of the variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graphql import GraphQLInputType, Undefined, parse, parse_value, value_from_ast_untyped
from graphql.language import FieldNode, OperationDefinitionNode, ValueNode
from graphql.type import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_input_object_type,
)

from services.gateway.directives import ListSize
from services.gateway.errors import RequestRefused
from services.gateway.planner.field_set import variables_in
from services.gateway.planner.selection import Field, Fragment, Operation, Selection
from services.gateway.supergraph import Supergraph

MUTATION_COST = 10
Variables = Mapping[str, Any]
Amount = int | str
"""A number, or source text of an expression over the variables `v`."""


@dataclass(frozen=True, slots=True)
class DemandControl:
    """How much an operation may cost; `max_cost` 0 switches all of it off."""

    max_cost: int = 0
    list_size: int = 10
    """Items assumed in a list of which the schema says nothing."""
    mode: Literal["enforce", "measure"] = "enforce"

    def estimate(self, cost: Cost, variables: Variables) -> int | None:
        """The estimate of one request; None when there is none to give and it is only measured.

        Raises:
            RequestRefused: COST_ESTIMATED_TOO_EXPENSIVE or COST_INVALID_SLICING_ARGUMENTS; never when only measuring.
        """
        try:
            estimate = cost.estimate(variables)
        except RequestRefused:
            if self.mode == "enforce":
                raise
            return None
        self.refuse_above(estimate)
        return estimate

    def refuse_above(self, estimate: int) -> None:
        """Raises RequestRefused, COST_ESTIMATED_TOO_EXPENSIVE, for a higher estimate; never when only measuring."""
        if estimate > self.max_cost and self.mode == "enforce":
            raise RequestRefused(
                "COST_ESTIMATED_TOO_EXPENSIVE",
                f"The operation may cost {estimate}, more than the {self.max_cost} that are allowed.",
                well_formed=True,
            )


@dataclass(frozen=True, slots=True)
class Cost:
    """The estimated cost of one operation."""

    constant: int | None
    """The cost when no variable changes it."""
    _of: Callable[[Variables], int]

    def estimate(self, variables: Variables) -> int:
        """The cost with these variables.

        Raises:
            RequestRefused: COST_INVALID_SLICING_ARGUMENTS, not exactly one argument says how long a list is.
        """
        return self.constant if self.constant is not None else self._of(variables)


def compile_cost(supergraph: Supergraph, operation: Operation, list_size: int) -> Cost:
    """The cost of a normalised operation."""
    return _Compiler(supergraph, operation, list_size).compile()


class _Compiler:
    """Generates one line for each selection set whose cost depends on variables; everything else is added up here."""

    def __init__(self, supergraph: Supergraph, operation: Operation, list_size: int) -> None:
        self.supergraph = supergraph
        self.operation = operation
        self.list_size = list_size
        self.weights = supergraph.directives.weights
        self.list_sizes = supergraph.directives.list_sizes
        self.lines = ["def of(v):"]
        self.scope: dict[str, Any] = {}
        self._totals: dict[tuple[int, tuple[tuple[str, Amount], ...]], Amount] = {}
        self._weighted: dict[str, bool] = {}
        self._defaults = {
            name: value_from_ast_untyped(parse_value(item.default))
            for name, item in operation.variables.items()
            if item.default is not None
        }

    def compile(self) -> Cost:
        total = self._total(self.operation.selections, {})
        if self.operation.kind == "mutation":
            total = _add([total, MUTATION_COST])
        if isinstance(total, int):
            constant = total
            return Cost(constant, lambda _: constant)
        self.lines.append(f"    return {total}")
        exec("\n".join(self.lines), self.scope)  # our own source: names and numbers made here
        return Cost(None, self.scope["of"])

    # Selections ----------------------------------------------------------------------------------

    def _total(self, selections: tuple[Selection, ...], sized: Mapping[str, Amount]) -> Amount:
        """The cost of a selection set; `sized` says of fields in it how many items they have."""
        key = (id(selections), tuple(sized.items()))
        known = self._totals.get(key)
        if known is None:
            fields = [self._field(item, sized) for item in selections if isinstance(item, Field)]
            members = [self._total(item.selections, sized) for item in selections if isinstance(item, Fragment)]
            known = self._totals[key] = self._named(_add([*fields, _largest(members)]))
        return known

    def _field(self, item: Field, sized: Mapping[str, Amount]) -> Amount:
        # On an interface each object may say something else: the most expensive counts.
        owners = [item.parent]
        if self.supergraph.types[item.parent].is_abstract:
            owners += sorted(self.supergraph.possible_types(item.parent))
        arguments = _argument_nodes(item) if self._reads_arguments(item, owners) else {}
        children: Amount = 0
        if item.selections is not None:
            children = self._total(item.selections, self._sizes_below(item, owners, arguments))
        each = _add([self._weight(item, owners), children])
        return _add([_times(self._count(item, owners, arguments, sized), each), self._arguments(item, arguments)])

    def _named(self, amount: Amount) -> Amount:
        """A local variable for a long expression, so that what many fragments share is computed once."""
        if isinstance(amount, int):
            return amount
        name = f"t{len(self.lines)}"
        self.lines.append(f"    {name} = {amount}")
        return name

    def _call(self, function: Callable[[Variables], int]) -> str:
        name = f"f{len(self.scope)}"
        self.scope[name] = function
        return f"{name}(v)"

    def _weight(self, item: Field, owners: Iterable[str]) -> int:
        """What one value of the field costs by itself."""
        found = [self.weights[place] for owner in owners if (place := f"{owner}.{item.name}") in self.weights]
        if found:
            return max(found)
        if not self.supergraph.is_composite(item.type.name):
            return self.weights.get(item.type.name, 0)
        return max(self.weights.get(name, 1) for name in self.supergraph.possible_types(item.type.name) or ("",))

    # Lists ---------------------------------------------------------------------------------------

    def _count(
        self, item: Field, owners: Iterable[str], arguments: Mapping[str, ValueNode], sized: Mapping[str, Amount]
    ) -> Amount:
        """How many values the field may have."""
        depth = item.type.list_depth
        if depth == 0:
            return 1
        count = sized.get(item.name)
        if count is None:
            sizes = [
                self._size(item.name, owner, size, arguments)
                for owner, size in self._directives(item, owners)
                if not size.sized_fields
            ]
            count = _largest(sizes) if sizes else self.list_size
        return _times(count, self.list_size ** (depth - 1))

    def _sizes_below(
        self, item: Field, owners: Iterable[str], arguments: Mapping[str, ValueNode]
    ) -> Mapping[str, Amount]:
        """The sizes a field gives to lists directly below it, by their names."""
        sizes: dict[str, Amount] = {}
        for owner, size in self._directives(item, owners):
            for name in size.sized_fields:
                found = self._named(self._size(item.name, owner, size, arguments))
                sizes[name] = _largest([sizes[name], found]) if name in sizes else found
        return sizes

    def _directives(self, item: Field, owners: Iterable[str]) -> list[tuple[str, ListSize]]:
        places = ((owner, self.list_sizes.get(f"{owner}.{item.name}")) for owner in owners)
        return [(owner, size) for owner, size in places if size is not None]

    def _size(self, field: str, owner: str, size: ListSize, arguments: Mapping[str, ValueNode]) -> Amount:
        """The number of items a `@listSize` promises, by the arguments given."""
        assumed = self.list_size if size.assumed_size is None else size.assumed_size
        if not size.slicing_arguments:
            return assumed
        given = {name: arguments[name] for name in size.slicing_arguments if name in arguments}
        schema = self._schema_arguments(owner, field)
        defaults = [_default(schema[name]) for name in size.slicing_arguments if name in schema]

        def items(variables: Variables) -> int:
            values = [self._value(node, variables) for node in given.values()]
            numbers = [_count(value) for value in values if value is not None]
            if not numbers:
                numbers = [_count(value) for value in defaults if value is not None]
            if len(numbers) != 1 and size.require_one_slicing_argument:
                raise RequestRefused(
                    "COST_INVALID_SLICING_ARGUMENTS",
                    f"Exactly one of the arguments {', '.join(size.slicing_arguments)} of {field} must be given.",
                    well_formed=True,
                )
            return max(0, *numbers) if numbers else assumed

        if any(True for node in given.values() for _ in variables_in(node)):
            return self._call(items)
        try:
            return items({})
        except RequestRefused:
            return self._call(items)  # it is the request that is told so

    def _value(self, node: ValueNode, variables: Variables) -> Any:
        found = value_from_ast_untyped(node, {**self._defaults, **variables})
        return None if found is Undefined else found

    # Arguments -----------------------------------------------------------------------------------

    def _reads_arguments(self, item: Field, owners: Iterable[str]) -> bool:
        if not item.arguments:
            return False
        return any(
            f"{owner}.{item.name}" in self.list_sizes
            or any(
                f"{owner}.{item.name}({name}:)" in self.weights or self._is_weighted(argument.type)
                for name, argument in self._schema_arguments(owner, item.name).items()
            )
            for owner in owners
        )

    def _schema_arguments(self, owner: str, field: str) -> Mapping[str, GraphQLArgument]:
        found = self.supergraph.schema.type_map.get(owner)
        if not isinstance(found, GraphQLObjectType | GraphQLInterfaceType) or field not in found.fields:
            return {}
        arguments: Mapping[str, GraphQLArgument] = found.fields[field].args
        return arguments

    def _is_weighted(self, kind: GraphQLInputType) -> bool:
        """Whether a value of this input type can cost anything."""
        named = get_named_type(kind)
        known = self._weighted.get(named.name)
        if known is None:
            self._weighted[named.name] = named.name in self.weights  # ends the recursion of input types
            known = self._weighted[named.name] = named.name in self.weights or (
                is_input_object_type(named)
                and any(
                    f"{named.name}.{name}" in self.weights or self._is_weighted(field.type)
                    for name, field in named.fields.items()
                )
            )
        return known

    def _arguments(self, item: Field, arguments: Mapping[str, ValueNode]) -> Amount:
        """What the arguments of a field cost."""
        total: list[Amount] = []
        schema = self._schema_arguments(item.parent, item.name)
        for name, node in arguments.items():
            place = f"{item.parent}.{item.name}({name}:)"
            if name not in schema or not (place in self.weights or self._is_weighted(schema[name].type)):
                continue
            total.append(self._argument(place, schema[name].type, node))
        return _add(total)

    def _argument(self, place: str, kind: GraphQLInputType, node: ValueNode) -> Amount:
        def cost(variables: Variables) -> int:
            return self._input(place, kind, self._value(node, variables))

        return self._call(cost) if any(True for _ in variables_in(node)) else cost({})

    def _input(self, place: str, kind: GraphQLInputType, value: Any) -> int:
        if value is None or value is Undefined:
            return 0
        named = get_named_type(kind)
        total = self.weights.get(place, self.weights.get(named.name, 0))
        if is_input_object_type(named):
            total += sum(self._fields_of(named, item) for item in _items(kind, value))
        return total

    def _fields_of(self, kind: GraphQLInputObjectType, value: Any) -> int:
        if not isinstance(value, dict):
            return 0
        return sum(
            self._input(f"{kind.name}.{name}", kind.fields[name].type, item)
            for name, item in value.items()
            if name in kind.fields
        )


def _items(kind: GraphQLInputType, value: Any) -> list[Any]:
    """The objects in a value, however deep its lists are."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLList) and isinstance(value, list):
        return [found for item in value for found in _items(inner.of_type, item)]
    return [value]


def _count(value: Any) -> int:
    """How many items a slicing argument means: it is their number, or the list of what is wanted (one, if it is no list)."""
    if isinstance(value, list):
        return len(value)
    return int(value) if isinstance(value, int | float) else 1


def _default(argument: GraphQLArgument) -> Any:
    node = argument.ast_node.default_value if argument.ast_node else None
    return None if node is None else value_from_ast_untyped(node)


def _argument_nodes(item: Field) -> dict[str, ValueNode]:
    definition = parse(f"{{ f({item.arguments}) }}", no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    node = definition.selection_set.selections[0]
    assert isinstance(node, FieldNode)
    return {argument.name.value: argument.value for argument in node.arguments or ()}


# Arithmetic ----------------------------------------------------------------------------------------


def _add(amounts: Iterable[Amount]) -> Amount:
    constant, terms = 0, []
    for amount in amounts:
        if isinstance(amount, int):
            constant += amount
        else:
            terms.append(amount)
    if not terms:
        return constant
    # Not a chain of +: a long one is too deep for Python's compiler.
    return f"sum(({', '.join([*terms, str(constant)])},))"


def _times(count: Amount, each: Amount) -> Amount:
    if isinstance(count, int) and isinstance(each, int):
        return count * each
    if count == 0 or each == 0:
        return 0
    return f"({count}) * ({each})"


def _largest(amounts: list[Amount]) -> Amount:
    constants = [amount for amount in amounts if isinstance(amount, int)]
    terms = [amount for amount in amounts if not isinstance(amount, int)]
    if not terms:
        return max(constants, default=0)
    return f"max({', '.join([*dict.fromkeys(terms), str(max(constants, default=0))])})"
