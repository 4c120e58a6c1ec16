"""Ids and human numbers. Ids are TypeIDs (`report_01h…`): typed, unique without a coordinator, ordered by time."""

import secrets
from datetime import datetime

from typeid import TypeID

# Crockford's base 32: no I, L, O, U, so a number read over the telephone is not misheard.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A new TypeID with `prefix`, for example `order_01h455vb4pex5vsknk084sn02q`."""
    return str(TypeID(prefix))


def human_number(at: datetime) -> str:
    """A number to read aloud, for example `261122-7K3F-9QXM`: day and 40 random bits.

    No counter, so no writer waits for another; a unique index catches the rare repeat and the command is decided again.
    """
    bits = secrets.randbits(40)
    code = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"{at:%y%m%d}-{code[:4]}-{code[4:]}"
