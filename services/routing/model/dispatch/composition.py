"""Who fills which role of a team or shift: each person one role, as many roles as can be filled (R-20, R-21)."""

from collections.abc import Mapping, Sequence

from services.routing.model.dispatch.responder import Responder

_LONGEST_ROLE = 100


def named(roles: Mapping[str, int]) -> bool:
    """Whether every role has a name that can be one: some signs that can be read, and no space around them."""
    return all(0 < len(role) <= _LONGEST_ROLE and role.isprintable() and role == role.strip() for role in roles)


def fill(roles: Mapping[str, int], people: Sequence[Responder]) -> dict[str, str]:
    """Responder id → role, the most roles that these people can fill together; who is left out fills none.

    Somebody who could fill two roles is moved to the one that nobody else can fill (a bipartite matching).
    """
    seats = [role for role, count in roles.items() for _ in range(count)]
    fitting = {person.id: [n for n, role in enumerate(seats) if person.fits(role)] for person in people}
    holder: dict[int, str] = {}

    def seat(person_id: str, tried: set[int]) -> bool:
        for number in fitting[person_id]:
            if number in tried:
                continue
            tried.add(number)
            if number not in holder or seat(holder[number], tried):
                holder[number] = person_id
                return True
        return False

    for person in people:
        seat(person.id, set())
    return {person_id: seats[number] for number, person_id in holder.items()}


def missing(roles: Mapping[str, int], people: Sequence[Responder]) -> dict[str, int]:
    """Role → how many are wanting; empty when every role is filled."""
    filled = list(fill(roles, people).values())
    wanting = {role: count - filled.count(role) for role, count in roles.items()}
    return {role: count for role, count in wanting.items() if count > 0}


def in_words(wanting: Mapping[str, int]) -> str:
    """`police 1, health 2`, for a refusal."""
    return ", ".join(f"{role} {count}" for role, count in wanting.items())
