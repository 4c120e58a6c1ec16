"""Why a command or query may not succeed.

Refusal                     expected: shown to the caller as data, with a code and a message in two languages
├── NotFound                nothing there, or nothing the caller may know of
├── NotAllowed              the caller's post or area does not permit it
├── InvalidInput            a value cannot be accepted; `path` names it
└── IdempotencyKeyReused    the same key with another input
Unauthenticated             no valid token
StoreError                  the store could not do it
├── Conflict                somebody else changed the aggregate first
├── Duplicate               a unique index refused the write; `index` names it
└── Unavailable             not now; the same command may be sent again
"""

from collections.abc import Sequence
from typing import ClassVar


class Refusal(Exception):
    """An expected 'no'. Services subclass it; the class carries the code and the sentence in both languages.

    `facts` fill the placeholders of the sentence; `path` points into the input, as GraphQL names it.
    """

    code: ClassVar[str] = "REFUSED"
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
    zh = "未找到该记录({what})。"


class NotAllowed(Refusal):
    code = "NOT_ALLOWED"
    en = "Your post does not permit this: {reason}."
    zh = "您的岗位无权办理:{reason}。"


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
