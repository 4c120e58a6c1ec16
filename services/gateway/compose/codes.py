"""Every code composition answers with: what it says, how to mend it, and the same in Chinese.

`docs/compose-errors.md` is written from these tables, and the tests raise each code.
"""

from __future__ import annotations

from typing import NamedTuple


class Explanation(NamedTuple):
    meaning: str
    mend: str
    chinese: str


def _field_set(directive: str, what: str) -> dict[str, Explanation]:
    """The codes `@key`, `@requires` and `@provides` share."""
    name = directive.upper()
    return {
        f"{name}_DIRECTIVE_IN_FIELDS_ARG": Explanation(
            f"`fields` of `@{directive}` applies a directive",
            "leave the directive out of the selection",
            f"`@{directive}` 的 `fields` 里不能再用指令",
        ),
        f"{name}_INVALID_FIELDS": Explanation(
            f"`fields` of `@{directive}` is no selection that fits {what}",
            "select fields that this subgraph declares, with selections on composite ones",
            f"`@{directive}` 的 `fields` 不是合法的字段选择",
        ),
        f"{name}_INVALID_FIELDS_TYPE": Explanation(
            f"`fields` of `@{directive}` is not a string", "write the selection as one string", "`fields` 必须是字符串"
        ),
    }


ERRORS: dict[str, Explanation] = {
    # The SDL itself.
    "INVALID_GRAPHQL": Explanation(
        "the SDL, or what comes of merging it, is no valid GraphQL", "correct what the message names", "SDL 不合法"
    ),
    "INVALID_SUBGRAPH_NAME": Explanation(
        "a subgraph has no name, a reserved one, or that of another",
        "give every subgraph a name of its own",
        "子图名称缺失、保留或重复",
    ),
    "TYPE_DEFINITION_INVALID": Explanation(
        "a type of Federation is defined as something else",
        "leave the definition out",
        "Federation 自带类型的定义与规范不符",
    ),
    "DIRECTIVE_DEFINITION_INVALID": Explanation(
        "a directive of Federation is defined with another meaning",
        "leave the definition out",
        "Federation 自带指令的定义与规范不符",
    ),
    "UNSUPPORTED_FEATURE": Explanation(
        "`@context` and `@fromContext` are not executed",
        "pass the value as an argument or through `@requires`",
        "不支持 `@context` 与 `@fromContext`",
    ),
    "NO_QUERIES": Explanation(
        "no subgraph has a query", "give at least one subgraph a Query type with a field", "没有任何子图提供查询"
    ),
    "ROOT_QUERY_USED": Explanation(
        "a type is called Query but is not the query root", "rename the type or the root", "Query 被普通类型占用"
    ),
    "ROOT_MUTATION_USED": Explanation(
        "a type is called Mutation but is not the mutation root",
        "rename the type or the root",
        "Mutation 被普通类型占用",
    ),
    "ROOT_SUBSCRIPTION_USED": Explanation(
        "a type is called Subscription but is not the subscription root",
        "rename the type or the root",
        "Subscription 被普通类型占用",
    ),
    # Links.
    "INVALID_LINK_DIRECTIVE_USAGE": Explanation(
        "a `@link` is malformed, doubled, or imports what the specification does not have",
        "correct the link as the message says",
        "`@link` 写法有误、重复或引入了不存在的元素",
    ),
    "INVALID_LINK_IDENTIFIER": Explanation(
        "the URL or the namespace of a `@link` is not usable",
        "give the full URL of a specification and a plain name",
        "`@link` 的网址或命名空间不可用",
    ),
    "UNKNOWN_LINK_VERSION": Explanation(
        "the link specification is linked in a version that is not known", "link v1.0", "link 规范版本未知"
    ),
    "UNKNOWN_FEDERATION_LINK_VERSION": Explanation(
        "federation is linked in a version that is not known", "link v2.0 to v2.12", "Federation 版本未知"
    ),
    "UNSUPPORTED_LINKED_FEATURE": Explanation(
        "a linked feature would lose its meaning here: it is marked `for:`, or changes what subgraphs are asked",
        "leave the feature out",
        "所链接的功能不受支持,且不能忽略",
    ),
    "LINK_IMPORT_NAME_MISMATCH": Explanation(
        "a directive that reaches the supergraph has different names in different subgraphs",
        "import it under the same name everywhere",
        "同一指令在各子图中的名称不一致",
    ),
    "DIRECTIVE_COMPOSITION_ERROR": Explanation(
        "`@composeDirective` names what is not defined, not imported, or not the same everywhere",
        "define and import the directive, from the same major version in every subgraph",
        "`@composeDirective` 的指令未定义、未引入或各子图不一致",
    ),
    # Keys and selections.
    **_field_set("key", "the type"),
    "KEY_FIELDS_HAS_ARGS": Explanation(
        "a key field takes arguments", "use a field without arguments", "键字段不能带参数"
    ),
    "KEY_FIELDS_SELECT_INVALID_TYPE": Explanation(
        "a key selects a field of interface or union type",
        "use fields of object or leaf types",
        "键不能选取接口或联合类型",
    ),
    "KEY_UNSUPPORTED_ON_INTERFACE": Explanation(
        "keys on interfaces came with federation v2.3", "link federation v2.3 or later", "接口上的键需要 v2.3"
    ),
    **_field_set("requires", "the type"),
    "REQUIRES_FIELDS_MISSING_EXTERNAL": Explanation(
        "a required field is answered by the subgraph itself",
        "mark it `@external`, or leave it out of `@requires`",
        "`@requires` 的字段未标 `@external`",
    ),
    "REQUIRES_UNSUPPORTED_ON_INTERFACE": Explanation(
        "`@requires` on a field of an interface", "put it on the implementations", "接口字段不能用 `@requires`"
    ),
    **_field_set("provides", "the type of the field"),
    "PROVIDES_FIELDS_HAS_ARGS": Explanation(
        "a provided field takes arguments", "provide fields without arguments", "`@provides` 的字段不能带参数"
    ),
    "PROVIDES_FIELDS_MISSING_EXTERNAL": Explanation(
        "a provided field is answered by the subgraph anyway",
        "mark it `@external`, or leave it out of `@provides`",
        "`@provides` 的字段未标 `@external`",
    ),
    "PROVIDES_ON_NON_OBJECT_FIELD": Explanation(
        "`@provides` on a field of scalar or enum type", "remove `@provides`", "标量或枚举字段不能用 `@provides`"
    ),
    "PROVIDES_UNSUPPORTED_ON_INTERFACE": Explanation(
        "`@provides` on a field of an interface", "put it on the implementations", "接口字段不能用 `@provides`"
    ),
    # External fields.
    "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH": Explanation(
        "an argument of an external field has another default than where it is answered",
        "give it the same default",
        "外部字段参数的默认值不一致",
    ),
    "EXTERNAL_ARGUMENT_MISSING": Explanation(
        "an external field lacks an argument that it has where it is answered", "add the argument", "外部字段缺少参数"
    ),
    "EXTERNAL_ARGUMENT_TYPE_MISMATCH": Explanation(
        "an argument of an external field has another type than where it is answered",
        "give it the same type",
        "外部字段参数的类型不一致",
    ),
    "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE": Explanation(
        "a field is `@external` and has `@requires` or `@provides`", "remove one of them", "`@external` 与其他指令冲突"
    ),
    "EXTERNAL_MISSING_ON_BASE": Explanation(
        "a field is `@external` in every subgraph that has it",
        "remove `@external` where the field is answered",
        "没有子图真正提供该外部字段",
    ),
    "EXTERNAL_ON_INTERFACE": Explanation(
        "a field of an interface is `@external`", "mark the fields of the implementations", "接口字段不能标 `@external`"
    ),
    "EXTERNAL_TYPE_MISMATCH": Explanation(
        "an external field has another type than where it is answered", "give it that type", "外部字段的类型不一致"
    ),
    "EXTERNAL_UNUSED": Explanation(
        "nothing uses an external field", "remove the field, or `@external` from it", "外部字段没有被用到"
    ),
    "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL": Explanation(
        "a directive on an external field has no effect",
        "move it to the subgraph that answers the field",
        "外部字段上的指令不起作用",
    ),
    "TYPE_WITH_ONLY_UNUSED_EXTERNAL": Explanation(
        "a type of a Federation 1 subgraph has only external fields that nothing uses",
        "remove the type from the subgraph",
        "类型只有未用到的外部字段",
    ),
    # Sharing and overriding.
    "INVALID_FIELD_SHARING": Explanation(
        "several subgraphs answer a field that is not `@shareable` in all of them",
        "add `@shareable` in each, or `@override` it, or mark it `@external`",
        "多个子图提供同一字段而未全部标 `@shareable`",
    ),
    "INVALID_SHAREABLE_USAGE": Explanation(
        "`@shareable` on a field of an interface", "put it on the implementations", "接口字段不能标 `@shareable`"
    ),
    "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES": Explanation(
        "subgraphs that share a field have no possible type of it in common",
        "let them have a member or an implementation in common",
        "共享字段的可能类型没有交集",
    ),
    "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE": Explanation(
        "a field is overridden and `@external`, or taken over step by step where it has `@requires` or `@provides`",
        "remove one of them, or take the field over at once",
        "`@override` 与其他指令冲突",
    ),
    "OVERRIDE_FROM_SELF_ERROR": Explanation(
        "a field is overridden from its own subgraph", "name the subgraph that has it now", "`@override` 来源是自己"
    ),
    "OVERRIDE_LABEL_INVALID": Explanation(
        "a label is neither a name nor a percentage", "write a name or `percent(0)` to `percent(100)`", "标签写法有误"
    ),
    "OVERRIDE_ON_INTERFACE": Explanation(
        "`@override` on a field of an interface", "put it on the implementations", "接口字段不能用 `@override`"
    ),
    "OVERRIDE_SOURCE_HAS_OVERRIDE": Explanation(
        "a field is taken over from a subgraph that takes it over itself",
        "remove `@override` in one of them",
        "`@override` 形成了链",
    ),
    # Merging.
    "TYPE_KIND_MISMATCH": Explanation(
        "a name is of different kinds in different subgraphs", "rename one of the types", "同名类型的种类不同"
    ),
    "EXTENSION_WITH_NO_BASE": Explanation(
        "a type is only extended", "write `type` in the subgraph that owns it", "被扩展的类型没有定义"
    ),
    "FIELD_TYPE_MISMATCH": Explanation(
        "a field has types that no one type covers", "agree on one type", "字段类型不一致"
    ),
    "FIELD_ARGUMENT_TYPE_MISMATCH": Explanation(
        "an argument has types that no one value fits", "agree on one type", "参数类型不一致"
    ),
    "FIELD_ARGUMENT_DEFAULT_MISMATCH": Explanation(
        "an argument has different defaults", "agree on one default", "参数默认值不一致"
    ),
    "INPUT_FIELD_DEFAULT_MISMATCH": Explanation(
        "an input field has different defaults", "agree on one default", "输入字段默认值不一致"
    ),
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH": Explanation(
        "an argument is required in one subgraph and missing in another",
        "add the argument everywhere, or make it optional",
        "必填参数在部分子图中缺失",
    ),
    "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH": Explanation(
        "an input field is required in one subgraph and missing in another",
        "add the field everywhere, or make it optional",
        "必填输入字段在部分子图中缺失",
    ),
    "EMPTY_MERGED_INPUT_TYPE": Explanation(
        "subgraphs have no field of an input type in common", "add a common field", "输入类型没有共同字段"
    ),
    "EMPTY_MERGED_ENUM_TYPE": Explanation(
        "subgraphs have no value in common of an enum that is only an input", "add a common value", "枚举没有共同取值"
    ),
    "ENUM_VALUE_MISMATCH": Explanation(
        "an enum that is input and output has not the same values everywhere",
        "add the value everywhere, `@inaccessible` while that is rolled out",
        "枚举取值不一致",
    ),
    # Interfaces.
    "INTERFACE_FIELD_NO_IMPLEM": Explanation(
        "an implementation lacks a field or argument of its interface",
        "add it in some subgraph",
        "实现类型缺少接口字段",
    ),
    "INTERFACE_KEY_NOT_ON_IMPLEMENTATION": Explanation(
        "an implementation lacks the key of its interface", "give it the key", "实现类型缺少接口的键"
    ),
    "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE": Explanation(
        "a subgraph with a key on an interface does not know all its implementations",
        "define them there, or make the key `resolvable: false`",
        "带键接口的子图缺少部分实现类型",
    ),
    "INTERFACE_OBJECT_USAGE_ERROR": Explanation(
        "an interface object without a key, without the interface, or beside implementations",
        "give it the interface's key and leave implementations to other subgraphs",
        "`@interfaceObject` 使用不当",
    ),
    # Visibility.
    "DISALLOWED_INACCESSIBLE": Explanation(
        "`@inaccessible` on what is not the subgraph's own", "remove `@inaccessible`", "该元素不允许隐藏"
    ),
    "QUERY_ROOT_TYPE_INACCESSIBLE": Explanation(
        "the query root is `@inaccessible`", "hide its fields instead", "查询根类型不能隐藏"
    ),
    "REFERENCED_INACCESSIBLE": Explanation(
        "something visible is of a hidden type", "hide the reference too", "可见元素引用了隐藏类型"
    ),
    "REQUIRED_INACCESSIBLE": Explanation(
        "a hidden argument or input field is required",
        "make it optional or give it a default",
        "隐藏的参数或字段是必填的",
    ),
    "IMPLEMENTED_BY_INACCESSIBLE": Explanation(
        "a hidden field implements a visible one", "hide the field of the interface too", "隐藏字段实现了可见的接口字段"
    ),
    "ONLY_INACCESSIBLE_CHILDREN": Explanation(
        "everything in a visible type is hidden", "hide the type too", "可见类型的内容全被隐藏"
    ),
    "DEFAULT_VALUE_USES_INACCESSIBLE": Explanation(
        "a visible default uses something hidden", "choose another default", "默认值用到了隐藏元素"
    ),
    # Demands and cost.
    "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE": Explanation(
        "a demand on an interface, its field, or an interface object",
        "put it on the implementations or their fields",
        "接口不能直接设置授权要求",
    ),
    "MISSING_TRANSITIVE_AUTH_REQUIREMENTS": Explanation(
        "a field does not demand what the fields it requires demand",
        "repeat their demands on the field",
        "字段缺少其所依赖字段的授权要求",
    ),
    "COST_APPLIED_TO_INTERFACE_FIELD": Explanation(
        "`@cost` on a field of an interface", "put it on the implementations", "接口字段不能用 `@cost`"
    ),
    "LIST_SIZE_APPLIED_TO_NON_LIST": Explanation(
        "`@listSize` on what is no list", "name lists in `sizedFields`", "`@listSize` 只能用于列表"
    ),
    "LIST_SIZE_INVALID_ASSUMED_SIZE": Explanation(
        "`assumedSize` is negative", "give a size of 0 or more", "`assumedSize` 不能为负"
    ),
    "LIST_SIZE_INVALID_SIZED_FIELD": Explanation(
        "`sizedFields` names what is no list of the field's type", "name a list field of it", "`sizedFields` 有误"
    ),
    "LIST_SIZE_INVALID_SLICING_ARGUMENT": Explanation(
        "`slicingArguments` names what is no Int argument",
        "name an Int argument of the field",
        "`slicingArguments` 有误",
    ),
    # Reaching every field.
    "SATISFIABILITY_ERROR": Explanation(
        "a query can be asked of the supergraph that the subgraphs cannot answer",
        "give the type a key other subgraphs can use, or let more of them answer the field",
        "存在子图无法回答的查询",
    ),
    "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED": Explanation(
        "there are too many ways through the subgraphs to check", "share fewer fields", "可检查的路径过多"
    ),
}

HINTS: dict[str, Explanation] = {
    "NEWER_FEDERATION_VERSION": Explanation(
        "federation is linked in a later minor version; it is read as the newest one known",
        "link a version this composer knows",
        "Federation 次版本较新,按已知最新版本读取",
    ),
    "FROM_SUBGRAPH_DOES_NOT_EXIST": Explanation(
        "`@override` names a subgraph there is none of",
        "correct the name, or remove `@override`",
        "`@override` 的来源不存在",
    ),
    "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED": Explanation(
        "the other subgraph no longer has the field", "remove `@override`", "`@override` 已可移除"
    ),
    "INCONSISTENT_DESCRIPTION": Explanation(
        "subgraphs describe an element differently; the first description is kept",
        "agree on one description",
        "各子图的说明不同",
    ),
    "INCONSISTENT_DEPRECATION_REASON": Explanation(
        "subgraphs deprecate an element for different reasons; the first is kept", "agree on one reason", "弃用理由不同"
    ),
    "INCONSISTENT_SPECIFIED_BY": Explanation(
        "subgraphs specify a scalar at different URLs; the first is kept", "agree on one URL", "标量规范网址不同"
    ),
    "INCONSISTENT_DEFAULT_VALUE_PRESENCE": Explanation(
        "only some subgraphs give a default, so there is none", "give it everywhere or nowhere", "默认值仅部分子图提供"
    ),
    "INCONSISTENT_INPUT_PRESENCE": Explanation(
        "an argument or input field is left out because some subgraph lacks it",
        "add it where it is missing",
        "参数或输入字段仅部分子图具有,已略去",
    ),
}
