"""Where a case is in the process, and where it may go from there (domain model §3.5)."""

from enum import StrEnum


class State(StrEnum):
    """A state says where in the process; the outcome says with what result."""

    REGISTERED = "registered"
    SCREENING = "screening"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONSENT_PENDING = "consent_pending"
    ASSIGNED = "assigned"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"
    AGREED = "agreed"
    PERFORMING = "performing"
    BREACHED = "breached"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    REFERRED = "referred"
    ARCHIVED = "archived"
    CLOSED = "closed"


# §3.5, with what its rule "every party may stop at any time" asks for: until an agreement is in effect a case may close (consent
# withdrawn before the first session, the report withdrawn) or fail (stopped after it).
TRANSITIONS: dict[State, frozenset[State]] = {
    State.REGISTERED: frozenset({State.SCREENING, State.CLOSED}),
    State.SCREENING: frozenset({State.ACCEPTED, State.DECLINED, State.REFERRED, State.CLOSED}),
    State.ACCEPTED: frozenset({State.CONSENT_PENDING, State.AGREED, State.CLOSED}),
    State.CONSENT_PENDING: frozenset({State.ASSIGNED, State.CLOSED}),
    State.ASSIGNED: frozenset({State.ASSIGNED, State.IN_SESSION, State.CLOSED}),
    State.IN_SESSION: frozenset({State.ADJOURNED, State.AGREED, State.FAILED, State.REFERRED, State.CLOSED}),
    State.ADJOURNED: frozenset({State.IN_SESSION, State.FAILED, State.CLOSED}),
    State.AGREED: frozenset({State.PERFORMING, State.FAILED, State.CLOSED}),
    State.PERFORMING: frozenset({State.FULFILLED, State.BREACHED}),
    State.BREACHED: frozenset({State.PERFORMING, State.REFERRED, State.FAILED}),
    State.FULFILLED: frozenset({State.ARCHIVED}),
    State.FAILED: frozenset({State.ARCHIVED}),
    State.REFERRED: frozenset({State.ARCHIVED, State.IN_SESSION}),
    State.DECLINED: frozenset(),
    State.ARCHIVED: frozenset(),
    State.CLOSED: frozenset(),
}
