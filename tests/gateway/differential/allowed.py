"""Where other implementations and we disagree on purpose, each with its reason.

A difference is allowed when `ours` is found in what we say and `theirs` in what they say; a missing pattern allows anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowed:
    reason: str
    ours: str = ""
    theirs: str = ""

    def covers(self, ours: str, theirs: str) -> bool:
        return re.search(self.ours, ours) is not None and re.search(self.theirs, theirs) is not None


COMPOSITION = (
    # What they do not survive.
    Allowed("they raise instead of answering", theirs="CRASH|NONE: "),
    # Elements they do not know.
    Allowed("`as:` renames the namespace (link v1.0), which they do not follow", theirs='Unknown directive "@fed__'),
    Allowed("@context is refused, since we do not execute it", ours="UNSUPPORTED_FEATURE"),
    Allowed("the tag specification has a v0.3", theirs="unknown version v0.3 of the tag spec"),
    Allowed("a link alone makes `@link` known", theirs='Unknown directive "@link"'),
    # Rules of Federation they lack; they find something else, later, or nothing.
    Allowed("`@listSize` on what is no list has a code of its own", "LIST_SIZE_APPLIED_TO_NON_LIST"),
    Allowed("@deprecated is a directive, known or not is not the question", "_DIRECTIVE_IN_FIELDS_ARG"),
    Allowed("a composite field in a field set needs a selection", "_INVALID_FIELDS.*needs a selection"),
    Allowed("shared fields must have a possible type in common", "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"),
    Allowed("@external has no place on interfaces", "EXTERNAL_ON_INTERFACE"),
    Allowed("external arguments are compared, in codes of their own", "EXTERNAL_ARGUMENT_(TYPE|DEFAULT)_MISMATCH"),
    Allowed("@external excludes @requires and @provides", "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE"),
    Allowed("what is not answered cannot be marked, whatever the mark", "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL"),
    Allowed("members of unions count as children", "ONLY_INACCESSIBLE_CHILDREN"),
    Allowed("fields of inputs are references too", "REFERENCED_INACCESSIBLE"),
    Allowed("an interface object excludes the implementations", "INTERFACE_OBJECT_USAGE_ERROR.*defined here too"),
    Allowed("a keyed interface knows all implementations", "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE"),
    Allowed("an interface object of what is no interface is of another kind", "TYPE_KIND_MISMATCH.*interface object"),
    Allowed("an interface object has the fields of the interface, in their types", "FIELD_TYPE_MISMATCH", "^$"),
    Allowed("a definition of Federation's own elements is the specification's", "(DIRECTIVE|TYPE)_DEFINITION_INVALID"),
    Allowed("what is not the subgraph's own cannot be hidden", "DISALLOWED_INACCESSIBLE"),
    Allowed("all fields of a @oneOf input are optional", "OneOf input field"),
    Allowed("of a type with only unused external fields nothing is left", "TYPE_WITH_ONLY_UNUSED_EXTERNAL"),
    Allowed(
        "names are compared of every directive that reaches the supergraph", "LINK_IMPORT_NAME_MISMATCH", "^$|SHARING"
    ),
    Allowed("a directive that is imported and not applied may have any name", "^$", "LINK_IMPORT_NAME_MISMATCH"),
    Allowed("an interface without implementations lacks none", "^$", 'should define type ""'),
    Allowed("a field that was taken over takes no arguments any more", "^$", "REQUIRED_ARGUMENT_MISSING"),
    Allowed(
        "what is external and unused is said of one subgraph, before merging", "EXTERNAL_UNUSED", "EXTERNAL_MISSING"
    ),
    Allowed("a field with a required argument is required with it", "REQUIRES_INVALID_FIELDS.*needs argument"),
    Allowed("overrides do not form chains", "OVERRIDE_SOURCE_HAS_OVERRIDE"),
    Allowed("two subgraphs that take over the same field share it", "INVALID_FIELD_SHARING(.|\n)*@override", "^$"),
    Allowed("a directive that is not repeatable is not repeated, @deprecated included", "can only be used once at"),
    Allowed("@extends extends, as `extend type` does", "EXTENSION_WITH_NO_BASE"),
    Allowed(
        "an interface named Query is a wrong root rather than none", "INVALID_GRAPHQL.*must be Object", "NO_QUERIES"
    ),
    Allowed(
        "without a Query there are no queries, rather than hidden ones", "NO_QUERIES", "ONLY_INACCESSIBLE_CHILDREN"
    ),
    # Rules they apply more strictly.
    Allowed(
        "an external field may promise more than its base", theirs='EXTERNAL_TYPE_MISMATCH.*"(.+)" in .* "\\1!" in'
    ),
    Allowed("an implementation may provide what its interface has", theirs="PROVIDES_FIELDS_MISSING_EXTERNAL"),
    Allowed("the root types are entered anew in any subgraph", theirs="SATISFIABILITY_ERROR(.|\n)*field .Query\\."),
    Allowed(
        "a definition given by a Federation 1 subgraph may name its scalar",
        theirs="DIRECTIVE_DEFINITION_INVALID.*FieldSet",
    ),
    Allowed("unused external fields of Federation 1 are dropped, not compared", "^$", "FIELD_TYPE_MISMATCH"),
    Allowed("definitions of the link specification may be left out", theirs="Unknown type link__Purpose"),
    Allowed("an override with nothing to take is no override", theirs="SATISFIABILITY_ERROR"),
    Allowed(
        "a nested field one answers oneself cannot be required", "REQUIRES_FIELDS_MISSING_EXTERNAL", "FIELD_SHARING"
    ),
    # Supergraphs.
    Allowed("a default stays only where all subgraphs give it", r": \w+[,)]", r" = .+[,)]"),
    Allowed("the most general type is the merged one, whichever subgraph has it", 'type: "', 'type: "'),
    Allowed("`type:` is given wherever types differ, in nullability too", 'type: ".*!"'),
    Allowed("an empty demand is none, so no feature is used", "^$", "^scalar requiresScopes__Scope$"),
    Allowed("a declaration that was dropped has no type to tell apart", r"^(?![\s\S]*type: )", 'type: "'),
    Allowed("an override with nothing to take is not printed", theirs="override: "),
    Allowed("@deprecated has a reason", 'deprecated\\(reason: "No longer supported"\\)', "@deprecated(?!\\()"),
    Allowed("a Federation 1 field requires nothing of its own subgraph", theirs="requires: "),
    Allowed("keys are written without outer braces", theirs='key: "{'),
    Allowed("one key is one join", theirs='(@join__type\\(graph: \\w+, key: "[^"]+"\\)) \\1'),
    Allowed("the cost feature is linked with its imports", "cost/v0.1", "cost/v0.1"),
    Allowed("@cost has one name in supergraphs", "@cost", "@price"),
    Allowed("an external field of an interface object says so", "isInterfaceObject(.|\\n)*external: true"),
    Allowed("a feature is linked when something that is left uses it", "schema", "inaccessible/v0.2"),
)
"""@theguild/federation-composition. Supergraphs are read as types one by one, so patterns there match a field."""

ANSWERS = (
    Allowed("random federations: one server that holds everything answers as we do", "^random"),
    Allowed("they find no plan, or fail at it as a whole", theirs=r"^null\nerrors at \[''\]"),
    Allowed("they ask a subgraph what it must not be asked", theirs="refused: "),
    Allowed("a value the schema does not have is null and an error, not null alone", "has no such value"),
    Allowed("an object of a type the schema does not have is null and an error", "has an unknown object type"),
    Allowed("where null is forbidden it climbs, with an error", "Cannot return null for non-nullable"),
    Allowed(
        "what is required is sent, null included; where it did not come nothing is computed",
        theirs=r"errors at .*\]: '(\w+'|NoneType)",
    ),
    Allowed("an answer of which nothing is left is an empty object", r"\n{}\n", "^null"),
    Allowed("a type's name is asked of unions, even when nothing else is", "^abstract_types.*only the type's name"),
    Allowed(
        "an alias is not the field of its name",
        "^(aliases|complex_keys.KEYS, parts|keys_mashup.MASHUP, keys shadowed|requires.CHAIN, .*named otherwise)",
    ),
    Allowed("the object type behind an interface object is looked up", "^interface_keys.WIDER_INTERFACE"),
    Allowed("only the members that the client asks of are asked", "^interface_object_members.MEMBERS"),
    Allowed("a fragment behind a wider interface applies too", "^interface_mixtures.*the member's selection beside"),
    Allowed("entities in lists of lists are looked up", "^lists.LISTS, nulls at every level"),
    Allowed(
        "a mutation's entities are followed before the next mutation", "^mutations.*followed before the next field"
    ),
    Allowed(
        "two subgraphs tell different things of this object, either may be asked", "^node_ids.NODES, a node of either"
    ),
    Allowed(
        "a query inside is answered by any subgraph", "^(shared_roots.NESTED_QUERY|typenames.TYPENAMES, .*query inside)"
    ),
    Allowed("a root type has the name that the supergraph gives it", "^typenames.TYPENAMES, of the (query|mutation)"),
    Allowed("what is required of an abstract type is sent with its object type", r"=\(__typename="),
    Allowed("introspection that is skipped leaves the data", "^introspection.MIXED, skipped"),
)
"""Hive Gateway. What we say begins with the name of the case, whose expected answer is ours."""
