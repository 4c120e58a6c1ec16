"""Global object ids: opaque to clients, `N1` and the URL-safe base64 of a type and the values of its key.

The type and the values are not secret and not signed: whoever makes an id up learns what the subgraphs let them see.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import orjson

VERSION = "N1"
MAX_LENGTH = 1024

KeyValue = str | int | float | bool


def encode_id(typename: str, values: Sequence[KeyValue]) -> str:
    """The id of an object, from the values of its key's fields in their order."""
    return VERSION + base64.urlsafe_b64encode(orjson.dumps([typename, *values])).rstrip(b"=").decode()


def decode_id(text: str) -> tuple[str, tuple[KeyValue, ...]] | None:
    """Type and key values of an id, or None when we never wrote it. An object has one id: no other spelling is read."""
    if not text.startswith(VERSION) or len(text) > MAX_LENGTH:
        return None
    packed = text[len(VERSION) :]
    try:
        content = orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(content, list) or len(content) < 2 or not isinstance(content[0], str):
        return None
    typename, *values = content
    if not all(isinstance(value, str | int | float) for value in values) or encode_id(typename, values) != text:
        return None
    return typename, tuple(values)
