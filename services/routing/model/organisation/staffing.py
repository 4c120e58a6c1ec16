"""Who answers for a post at a moment (A/B roles, R-18): A, in A's absence B, in both's absence whom they named, along the chain.

At any moment a post has one active holder or none, which is a gap. A chain asks every person and every post once, so it always ends.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

import msgspec

from services.routing.model.organisation.organisation import Post


class HolderRole(StrEnum):
    """In what role somebody answers for a post."""

    A = "A"
    B = "B"
    STAND_IN = "stand_in"


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """A person is absent from `since` until just before `until`; a person, or whoever holds a post, stands in."""

    person: str
    since: datetime
    until: datetime
    stand_in_person: str | None = None
    stand_in_post: str | None = None


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """The active holder of a post. `chain` is everybody who was asked in turn, the holder last."""

    person: str
    role: HolderRole
    chain: tuple[str, ...]


class Vacancy(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody answers for a post in this time."""

    post_id: str
    since: datetime
    until: datetime


@dataclasses.dataclass(frozen=True)
class Staffing:
    """Posts and absences (person → periods that do not overlap). Everything here is computed in memory."""

    posts: Mapping[str, Post]
    away: Mapping[str, tuple[Away, ...]]

    def absence(self, person: str, at: datetime) -> Away | None:
        """The absence a person is in at a moment."""
        return next((away for away in self.away.get(person, ()) if away.since <= at < away.until), None)

    def holder(self, post_id: str, at: datetime) -> Holding | None:
        """The first person present along the post's chain; None is a gap, as is a post that does not exist."""
        asked: list[str] = []
        for person, role in self._of_post(post_id, at, set()):
            if person not in asked:
                asked.append(person)
                if self.absence(person, at) is None:
                    return Holding(person=person, role=role, chain=tuple(asked))
        return None

    def vacancies(self, now: datetime) -> list[Vacancy]:
        """Every stretch of time, from now on, in which a post has nobody; one that has begun keeps its beginning."""
        found: list[Vacancy] = []
        for post in self.posts.values():
            if post.role_a in self.away:
                found += self._vacancies_of(post, now)
        return found

    def vacancy(self, post_id: str, now: datetime) -> Vacancy | None:
        """The post's present or next vacancy."""
        post = self.posts.get(post_id)
        if post is None or post.role_a not in self.away:
            return None
        return next(iter(self._vacancies_of(post, now)), None)

    def leads_back(self, away: Away) -> bool:
        """Whether this absence names a stand-in whose own chain comes back to the absent person before anybody is present."""
        begins = [
            other.since for periods in self.away.values() for other in periods if away.since < other.since < away.until
        ]
        return any(self._comes_back(away, at) for at in (away.since, *begins))

    def _comes_back(self, away: Away, at: datetime) -> bool:
        for person, _ in self._named_by(away, at, set()):
            if person == away.person:
                return True
            if self.absence(person, at) is None:
                return False
        return False

    def _of_post(self, post_id: str, at: datetime, seen: set[object]) -> Iterator[tuple[str, HolderRole]]:
        post = self.posts.get(post_id)
        if post is None or post_id in seen:
            return
        seen.add(post_id)
        yield post.role_a, HolderRole.A
        if post.role_b:
            yield post.role_b, HolderRole.B
        for person in (post.role_b, post.role_a):
            away = self.absence(person, at) if person else None
            if away:
                yield from self._named_by(away, at, seen)

    def _named_by(self, away: Away, at: datetime, seen: set[object]) -> Iterator[tuple[str, HolderRole]]:
        if away in seen:
            return
        seen.add(away)
        if away.stand_in_person:
            yield away.stand_in_person, HolderRole.STAND_IN
            further = self.absence(away.stand_in_person, at)
            if further:
                yield from self._named_by(further, at, seen)
        elif away.stand_in_post:
            for person, _ in self._of_post(away.stand_in_post, at, seen):
                yield person, HolderRole.STAND_IN

    def _vacancies_of(self, post: Post, now: datetime) -> list[Vacancy]:
        found: list[Vacancy] = []
        moments = sorted({moment for periods in self.away.values() for a in periods for moment in (a.since, a.until)})
        for away in sorted(self.away[post.role_a], key=lambda away: away.since):
            within = [moment for moment in moments if away.since <= moment <= away.until]
            for since, until in pairwise(within):
                if until <= now or self.holder(post.id, since):
                    continue
                if found and found[-1].until == since:
                    found[-1] = msgspec.structs.replace(found[-1], until=until)
                else:
                    found.append(Vacancy(post_id=post.id, since=since, until=until))
        return found
