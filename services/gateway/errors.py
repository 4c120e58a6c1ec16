"""Why the gateway refuses or fails a request.

GatewayError
├── RequestRefused          what the client sent cannot be served; its text may be shown
│   └── OperationInvalid    parse or validation failed; carries GraphQL errors
├── PlanningFailed          no query plan could be made for a valid operation
├── SupergraphInvalid       the supergraph SDL cannot be served
├── SubgraphFailed          a subgraph did not give a usable answer; its text may be shown
├── SubscriptionEnded       the gateway has to end a subscription; its text may be shown
└── ConfigurationInvalid    settings are wrong; every problem in one message
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class GatewayError(Exception):
    """Root of everything the gateway raises on purpose."""

    code = "INTERNAL"


class RequestRefused(GatewayError):
    """A client mistake, answered with `status` and one GraphQL error."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        well_formed: bool = False,
        unprocessable: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = dict(headers or {})
        self.well_formed = well_formed
        """True when the request itself was fine, so that the legacy media type answers 200."""
        self.unprocessable = unprocessable
        """True when it was JSON, but no GraphQL request."""

    def as_graphql(self) -> list[dict[str, Any]]:
        return [{"message": self.message, "extensions": {"code": self.code}}]


class OperationInvalid(RequestRefused):
    """The document does not parse or does not validate against the consumer schema."""

    def __init__(self, code: str, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(code, errors[0]["message"], well_formed=True)
        self.errors = list(errors)

    def as_graphql(self) -> list[dict[str, Any]]:
        return self.errors


class PlanningFailed(GatewayError):
    """No combination of subgraphs resolves the operation, or planning ran out of time."""

    code = "QUERY_PLAN_BUILD_FAILED"


class SupergraphInvalid(GatewayError):
    """The supergraph SDL is not one this gateway may serve."""

    code = "SUPERGRAPH_INVALID"


class SubgraphFailed(GatewayError):
    """A subgraph could not be reached, was too slow, or answered something unusable."""

    def __init__(self, code: str, message: str, *, service: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.service = service
        self.status = status


class SubscriptionEnded(GatewayError):
    """A running subscription cannot go on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ConfigurationInvalid(GatewayError):
    """Settings are missing or wrong."""

    code = "CONFIGURATION_INVALID"
