"""Who may see a report, and what of it. What a caller may not see is not found, never forbidden (docs/architecture.md).

A report carries marks, a caller holds keys, and who holds the key to one of a report's marks sees it. The marks are stored with the
report, so the rule for one report and the index behind every list are the same thing.
"""

from collections.abc import Sequence

import msgspec

from services.chassis.identity import Caller
from services.intake.model.report import Report
from services.intake.model.timeline import Entry
from services.intake.model.values import IdentityMode, Path

_LADDER = ("huying.routing.call.", "huying.routing.escalation.")
_SENT = "huying.routing.dispatch."
_WHO = ("post", "unit", "respondentPost", "respondentUnit", "ownerPost", "ownerUnit")

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


def shown(report: Report, entries: Sequence[Entry], caller: Caller) -> list[Entry]:
    """The record of a report as somebody who sees the report sees it. Calls and ladders are for who works at the place, and for the
    posts and units they name; who was sent is for who works at the place and for the lead unit, others learn that somebody was. Of a sealed
    matter who works at the place alone knows who acted."""
    if caller.covers(report.area_path) and (caller.has("centre") or (caller.has("attendant") and not report.sealed)):
        return list(entries)
    own = {caller.post, caller.unit} - {None} if caller.has("handler", "centre") else set()
    named = {entry.subject for entry in entries if not own.isdisjoint(_named(entry))}
    found = []
    for entry in entries:
        if entry.type.startswith(_LADDER) and entry.subject not in named:
            continue
        unnamed = report.sealed or (entry.type.startswith(_SENT) and report.lead_unit not in own)
        found.append(msgspec.structs.replace(entry, actor={}, facts={}) if unnamed else entry)
    return found


def _named(entry: Entry) -> set[str]:
    acted = (entry.actor.get("post"), entry.actor.get("unit"))
    return {name for name in (*acted, *(entry.facts.get(key) for key in _WHO)) if name}
