"""What a resolver may use: the verified caller, their language, and what the service adds by subclassing."""

import dataclasses

from services.chassis.errors import Unauthenticated
from services.chassis.identity import Caller


@dataclasses.dataclass
class RequestContext:
    """One GraphQL request. Services subclass it with their dependencies and per-request loaders."""

    caller: Caller | None
    language: str

    @property
    def viewer(self) -> Caller:
        """The caller. Raises Unauthenticated when there is none."""
        if self.caller is None:
            raise Unauthenticated("this needs a token")
        return self.caller


def language(accept_language: str | None) -> str:
    """'zh' or 'en', from an Accept-Language header; Chinese unless English comes first."""
    for part in (accept_language or "").lower().split(","):
        tag = part.strip().partition(";")[0]
        if tag.startswith(("zh", "en")):
            return tag[:2]
    return "zh"
