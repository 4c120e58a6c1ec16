"""The whistle rate of a caller, watched both ways (domain.md §3.3): too low, the means lies idle; too high, everyday work fails."""

from enum import StrEnum

import msgspec

from services.routing.model.rules.policy import Limits


class WhistleBand(StrEnum):
    """How a rate stands to the limits of the policy."""

    TOO_FEW_MATTERS = "too_few_matters"  # to judge by
    TOO_LOW = "too_low"
    NORMAL = "normal"
    TOO_HIGH = "too_high"


class WhistleRate(msgspec.Struct, frozen=True, kw_only=True):
    """Of one unit in one period: whistles it blew, calls it raised by hand or made to a leader, matters it had: orders it led and
    calls it made."""

    whistles: int = 0
    raised: int = 0
    handled: int = 0

    @property
    def rate(self) -> float | None:
        """Whistles and raised calls for each matter; None without any."""
        return (self.whistles + self.raised) / self.handled if self.handled else None

    def band(self, limits: Limits) -> WhistleBand:
        """Where the rate lies."""
        low, high = limits.whistle_rate
        rate = self.rate
        if rate is None or self.handled < limits.whistle_rate_from:
            return WhistleBand.TOO_FEW_MATTERS
        if rate < low:
            return WhistleBand.TOO_LOW
        return WhistleBand.TOO_HIGH if rate > high else WhistleBand.NORMAL


class OrganRatings(msgspec.Struct, frozen=True, kw_only=True):
    """How calling organs rated a unit, in calls that are closed: so no open call's mark can be reckoned from it (R-10)."""

    calls: int = 0
    response: float | None = None
    result: float | None = None
