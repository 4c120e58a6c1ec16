"""Who may see a report, and what of it. What a caller may not see is not found, never forbidden (docs/architecture.md)."""

from services.chassis.identity import Caller
from services.intake.model.report import Report
from services.intake.model.values import IdentityMode, Path


def is_own(report: Report, caller: Caller) -> bool:
    """Whether the caller filed it, for oneself or for somebody else."""
    collected = report.collector is not None and report.collector.person == caller.person
    return report.caller.person == caller.person or collected


def may_see(report: Report, caller: Caller) -> bool:
    """The one rule; `views.scope` says the same to MongoDB, and a test holds them together."""
    if is_own(report, caller):
        return True
    covered = caller.covers(report.area_path)
    if caller.has("centre") and covered:
        return True
    if report.sealed:
        return False
    if caller.has("attendant") and covered:
        return True
    if caller.has("mediator") and covered and report.path is Path.MEDIATION:
        return True
    return caller.has("handler") and not {caller.post, caller.unit}.isdisjoint(report.involved)


def may_see_caller(report: Report, caller: Caller) -> bool:
    """Who called: those who see the report, but a sealed identity is for the caller and the centre."""
    if is_own(report, caller) or report.identity_mode is IdentityMode.OPEN:
        return may_see(report, caller)
    return caller.has("centre") and caller.covers(report.area_path)


def may_direct(report: Report, caller: Caller) -> bool:
    """Triage and answer: the posts whose area covers the report."""
    return caller.has("centre", "attendant") and caller.covers(report.area_path)


def speaks_for_caller(report: Report, caller: Caller) -> bool:
    """Confirm, reopen, withdraw: whose report it is; without an account, staff after a follow-up call (回访)."""
    if is_own(report, caller):
        return True
    return report.caller.person is None and may_direct(report, caller)
