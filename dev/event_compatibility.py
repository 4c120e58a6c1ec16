"""Whether a changed event still suits those who read the old one.

A subscriber made for the old schema must be able to read whatever the new one permits; else the change needs a new version of the
event's type (`….v2`), published beside the old for a while.
"""

from collections.abc import Mapping
from typing import Any

from jsonsubschema import isSubschema

_ABOUT = ("$schema", "$id", "$defs", "title", "description", "examples")


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Fields of `old` that its readers could no longer rely on in `new`, one line each; empty when the change is safe."""
    before, after = _inlined(old, old), _inlined(new, new)
    reasons = []
    for name, schema in before["properties"].items():
        now = after["properties"].get(name)
        if now is None:
            reasons.append(f"{name} is gone")
        elif name in before.get("required", ()) and name not in after.get("required", ()):
            reasons.append(f"{name} may be missing")
        elif not isSubschema(now, schema):
            reasons.append(f"{name} may hold what it did not before")
    return reasons


def _inlined(node: Any, root: Mapping[str, Any]) -> Any:
    """`node` with references replaced by what they mean and without the words for people."""
    if isinstance(node, list):
        return [_inlined(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(root["$defs"][node["$ref"].rpartition("/")[2]], root)
    return {
        key: {name: _inlined(schema, root) for name, schema in value.items()}
        if key == "properties"
        else _inlined(value, root)
        for key, value in node.items()
        if key not in _ABOUT
    }
