"""Why an organisation cannot be loaded or used."""

from collections.abc import Sequence

from services.chassis.errors import Unavailable


class OrganisationNotLoaded(Unavailable):
    """Nothing can be routed yet: no rules and no posts are loaded. The event waits."""


class LoadRefused(Exception):
    """The file cannot be loaded; `problems` say what is wrong and where."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))
