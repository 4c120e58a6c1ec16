"""Who may see a report, and what of it. What a caller may not see is not found, never forbidden (docs/architecture.md).

A report carries marks, a caller holds keys, and who holds the key to one of a report's marks sees it. The marks are stored with the
report, so the rule for one report and the index behind every list are the same thing.
"""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.intake.model.report import Report
from services.intake.model.values import IdentityMode, Path

_PERSON, _AREA, _SEALED, _MEDIATION, _INVOLVED = "p:", "a:", "s:", "m:", "i:"


def marks(report: Report) -> list[str]:
    """By what a report is seen: who filed it, its areas (sealed ones apart), who was ever to handle it."""
    people = {report.caller.person, report.collector.person if report.collector else None} - {None}
    found = [f"{_PERSON}{person}" for person in people]
    found += [f"{_SEALED if report.sealed else _AREA}{area}" for area in report.area_path]
    if not report.sealed:
        found += [f"{_INVOLVED}{name}" for name in report.involved]
        if report.path is Path.MEDIATION:
            found += [f"{_MEDIATION}{area}" for area in report.area_path]
    return sorted(found)


def keys(caller: Caller, within: Sequence[str] = ()) -> list[str]:
    """What a caller's person, post and area open. `within` is the path of an area that a list is narrowed to: a caller whose
    area contains it needs only the key to that."""
    area = within[-1] if caller.area in within else caller.area
    kinds: list[str] = []
    if area is not None:
        if caller.has("centre"):
            kinds += [_AREA, _SEALED]
        elif caller.has("attendant"):
            kinds += [_AREA]
        if caller.has("mediator"):
            kinds += [_MEDIATION]
    held = [f"{_PERSON}{caller.person}", *(f"{kind}{area}" for kind in kinds)]
    if caller.has("handler"):
        held += [f"{_INVOLVED}{name}" for name in (caller.post, caller.unit) if name]
    return held


def may_see(report: Report, caller: Caller) -> bool:
    """Whether the caller holds a key to it."""
    return not set(keys(caller)).isdisjoint(marks(report))


def is_own(report: Report, caller: Caller) -> bool:
    """Whether the caller filed it, for oneself or for somebody else."""
    collected = report.collector is not None and report.collector.person == caller.person
    return report.caller.person == caller.person or collected


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
