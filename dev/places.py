"""Where the local platform keeps its state and which ports it takes."""

import dataclasses
from pathlib import Path
from typing import Self

from dev.processes import HOST, free_port

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".data"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ports:
    """One port for each thing that listens; the servers' are off their usual ones, which may be taken."""

    gateway: int = 4000
    intake: int = 4001
    routing: int = 4002
    mediation: int = 4003
    issuer: int = 4010
    traces: int = 4318
    nats: int = 4022
    nats_monitor: int = 4028
    mongo: int = 4027

    @classmethod
    def free(cls) -> Self:
        """Ports that nobody listens on, for a platform beside another one."""
        return cls(**{field.name: free_port() for field in dataclasses.fields(cls)})

    def url(self, name: str) -> str:
        """The HTTP address of what listens on the port called `name`."""
        return f"http://{HOST}:{getattr(self, name)}"
