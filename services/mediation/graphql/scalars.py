"""Scalars of our own."""

from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

# A large case is beyond GraphQL's 32-bit Int: 25.69 M yuan are 2 569 000 000 fen (M-02).
Fen = NewType("Fen", int)
_LARGEST = 2**53 - 1


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise GraphQLError("Fen is a whole number of fen, a hundredth of a yuan", extensions={"code": "BAD_USER_INPUT"})
    return value


FEN: ScalarDefinition = strawberry.scalar(
    name="Fen",
    description="Money as a whole number of fen, a hundredth of a yuan. 以分为单位的金额(整数)。",
    serialize=_whole,
    parse_value=_whole,
)
