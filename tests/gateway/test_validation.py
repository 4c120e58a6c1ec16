"""Rules that cannot find anything wrong are not run: what is found stays what all rules would find."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, parse, validate
from graphql.validation import specified_rules

from services.gateway.errors import OperationInvalid
from services.gateway.stages.parse import with_code
from services.gateway.stages.validate import CODE, validate_document

SCHEMA = build_schema("""
directive @mark(as: String) repeatable on FIELD | QUERY | VARIABLE_DEFINITION
input Point { x: Int! y: Int = 0 }
enum Colour { RED GREEN }
interface Named { name: String }
type User implements Named { id: ID! name: String friends(first: Int = 3, near: Point, like: Colour): [User!]! pet: Pet }
type Cat implements Named { name: String lives: Int }
type Dog { name: Int barks(loud: Boolean!): Boolean }
union Pet = Cat | Dog
type Query { me: User user(id: ID!): User named: [Named] at(points: [Point!]): Int }
type Mutation { rename(name: String!): User }
type Subscription { one: User two: User }
""")

WRONG = {
    "ExecutableDefinitionsRule": "type T { a: Int } { me { id } }",
    "KnownOperationTypesRule": None,
    "UniqueOperationNamesRule": "query A { me { id } } query A { me { name } }",
    "LoneAnonymousOperationRule": "{ me { id } } query A { me { id } }",
    "SingleFieldSubscriptionsRule": "subscription { one { id } two { id } }",
    "KnownTypeNamesRule": "query ($a: Nope) { user(id: $a) { id } }",
    "FragmentsOnCompositeTypesRule": "{ me { ... on String { id } } }",
    "VariablesAreInputTypesRule": "query ($a: User) { user(id: $a) { id } }",
    "ScalarLeafsRule": "{ me }",
    "FieldsOnCorrectTypeRule": "{ me { nope } }",
    "UniqueFragmentNamesRule": "{ me { ...F } } fragment F on User { id } fragment F on User { name }",
    "KnownFragmentNamesRule": "{ me { ...Nope } }",
    "NoUnusedFragmentsRule": "{ me { id } } fragment F on User { id }",
    "PossibleFragmentSpreadsRule": "{ me { ... on Dog { name } } }",
    "NoFragmentCyclesRule": "{ me { ...F } } fragment F on User { friends { ...F } }",
    "UniqueVariableNamesRule": "query ($a: ID!, $a: ID!) { user(id: $a) { id } }",
    "NoUndefinedVariablesRule": "{ user(id: $a) { id } }",
    "NoUnusedVariablesRule": "query ($a: ID) { me { id } }",
    "KnownDirectivesRule": "query ($a: ID! @nope) { user(id: $a) { id } }",
    "UniqueDirectivesPerLocationRule": "{ me @skip(if: true) @skip(if: false) { id } }",
    "DeferStreamDirectiveOnRootField": None,
    "DeferStreamDirectiveOnValidOperationsRule": "subscription { one { ... @defer { id } } }",
    "DeferStreamDirectiveLabel": None,
    "StreamDirectiveOnListField": None,
    "KnownArgumentNamesRule": "{ me(nope: 1) { id } }",
    "UniqueArgumentNamesRule": '{ user(id: "1", id: "2") { id } }',
    "ValuesOfCorrectTypeRule": "{ me { friends(first: RED, like: PINK, near: {y: 1}) { id } } }",
    "ProvidedRequiredArgumentsRule": "{ user { id } me { pet { ... on Dog { barks } } } }",
    "VariablesInAllowedPositionRule": "query ($a: ID) { user(id: $a) { id } }",
    "OverlappingFieldsCanBeMergedRule": "{ me { a: id a: name } }",
    "UniqueInputFieldNamesRule": "{ at(points: [{x: 1, x: 2}]) }",
    "MaxIntrospectionDepthRule": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
}
MORE_WRONG = (
    "{ me { pet { ... on Cat { name } ... on Dog { name } } } }",
    "{ me { ...F } } fragment F on User { a: id friends { a: name } a: name }",
    "query ($a: Int = RED) { me { friends(first: $a) { id } } }",
    "query @mark(as: 3) { me { id } }",
    "query ($a: Point = {x: 1, x: 2}) { at(points: [$a]) }",
    "{ me @include(if: $a) { id } }",
    "{ me { friends(near: {x: $a}) { id } } }",
    "{ me { ... @include(if: 3) { nope } } } fragment G on Nope { id }",
    "{ " + "nope " * 40 + "}",
    "subscription ($a: Int) { one { id } }",
    "fragment F on User { id }",
)
RIGHT = (
    "{ me { id name } }",
    "{ a: me { id } b: me { id } named { name __typename ... on Cat { lives } } }",
    "query Q($a: ID!, $p: Point = {x: 1}) @mark { user(id: $a) { friends(near: $p, like: RED) { ...F } } at(points: [$p]) }"
    " fragment F on User { id @mark @mark name @skip(if: true) }",
    'mutation { rename(name: "x") { id } }',
    "{ __schema { queryType { name } } }",
)


def every_rule(text: str) -> list[dict[str, Any]]:
    return [with_code(err, CODE) for err in validate(SCHEMA, parse(text), max_errors=20)]


def found(text: str) -> list[dict[str, object]]:
    try:
        validate_document(SCHEMA, parse(text), suggestions=True)
    except OperationInvalid as err:
        return err.as_graphql()
    return []


def test_every_rule_has_its_wrong_document_or_cannot_have_one() -> None:
    assert set(WRONG) == {rule.__name__ for rule in specified_rules}
    for name, text in WRONG.items():
        if text is not None:
            rule = next(each for each in specified_rules if each.__name__ == name)
            assert validate(SCHEMA, parse(text), [rule]), name


@pytest.mark.parametrize("text", [*(text for text in WRONG.values() if text), *MORE_WRONG])
def test_what_is_wrong_is_told_as_by_all_rules(text: str) -> None:
    assert every_rule(text)
    assert found(text) == every_rule(text)


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_passes(text: str) -> None:
    assert every_rule(text) == []
    assert found(text) == []


@pytest.mark.parametrize("text", ["{ __typename: me { id } }", "{ me { ... { __typename: name } } }"])
def test_the_alias_typename_is_reserved(text: str) -> None:
    assert [error["message"] for error in found(text)] == ["The alias '__typename' is reserved."]
