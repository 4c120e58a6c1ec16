"""Why a command or query may not succeed.

Refusal                     expected: shown to the caller as data, with a code and a message in two languages
├── NotFound                nothing there, or nothing the caller may know of
├── NotAllowed              not for this caller; `reason` says what is in the way
│   └── RoleMissing         no role of the caller's does this
├── InvalidInput            a value cannot be accepted; `path` names it
└── IdempotencyKeyReused    the same key with another input
Unauthenticated             no valid token
StoreError                  the store could not do it
├── Conflict                somebody else changed the aggregate first
├── Duplicate               a unique index refused the write; `index` names it
└── Unavailable             not now; the same command may be sent again
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class NotAllowedReason(StrEnum):
    """What is in the way when something is not for this caller: ROLE, no role of theirs does this; NOT_YOURS, another post, unit or
    person has the matter; RANK, a higher post may; INVOLVED, they had a hand in what is to be judged.
    无权办理的原因:角色不符、由他人负责、层级不够、应当回避。"""

    ROLE = "ROLE"
    NOT_YOURS = "NOT_YOURS"
    RANK = "RANK"
    INVOLVED = "INVOLVED"


class Refusal(Exception):
    """An expected 'no'. Services subclass it; the class carries the code and the sentence in both languages.

    `facts` fill the placeholders of the sentence; `path` points into the input, as GraphQL names it.
    """

    code: ClassVar[str] = "REFUSED"
    reason: ClassVar[NotAllowedReason | None] = None
    en: ClassVar[str] = "This cannot be done."
    zh: ClassVar[str] = "无法办理。"

    def __init__(self, *, path: Sequence[str] = (), **facts: object) -> None:
        self.path = tuple(path)
        self.facts = facts
        super().__init__(f"{self.code}: {self.message('en')}")

    def message(self, language: str) -> str:
        """The sentence for a person; `language` is 'zh' or 'en'."""
        return (self.zh if language == "zh" else self.en).format(**self.facts)


class NotFound(Refusal):
    code = "NOT_FOUND"
    en = "There is no such {what}."
    zh = "未找到该记录。"


class NotAllowed(Refusal):
    """Not for this caller; subclasses give the reason and the sentence."""

    code = "NOT_ALLOWED"


_ROLES_ZH = {
    "resident": "居民",
    "attendant": "网格员",
    "handler": "办理人员",
    "centre": "指挥中心",
    "mediator": "调解员",
    "operator": "运维人员",
    "district": "区级",
    ", ": "、",
}


class RoleMissing(NotAllowed):
    reason = NotAllowedReason.ROLE
    en = "Your role does not permit this; it is for: {roles}."
    zh = "您的角色无权办理,须为:{roles}。"

    def message(self, language: str) -> str:
        """The sentence; in Chinese the roles have their Chinese names."""
        text = super().message(language)
        return re.sub(r"[a-z]+|, ", lambda found: _ROLES_ZH[found[0]], text) if language == "zh" else text


class InvalidInput(Refusal):
    code = "INVALID_INPUT"
    en = "This value cannot be accepted: {reason}."
    zh = "输入有误:{reason}。"


class IdempotencyKeyReused(Refusal):
    code = "IDEMPOTENCY_KEY_REUSED"
    en = "This idempotency key was used before, with another input."
    zh = "该幂等键已用于另一请求。"


class Unauthenticated(Exception):
    """The bearer token is missing, malformed, expired or not ours; the text says which."""


class StoreError(Exception):
    """The store could not do what was asked."""


class Conflict(StoreError):
    """The aggregate is no longer at the version it was read at; decide again on the new state."""


class Duplicate(StoreError):
    """A unique index refused the write."""

    def __init__(self, collection: str, index: str) -> None:
        self.collection = collection
        self.index = index
        super().__init__(f"duplicate in {collection} ({index})")


class Unavailable(StoreError):
    """The store did not answer in time or has no primary; nothing is known to have changed."""
