"""One example of every event, telling two matters of the demonstration district: a missed waste collection and unpaid wages.

The examples stand in the published schemas; contract tests read them with every consumer's own copy of the event.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any


def _modules(package: str) -> Iterator[Any]:
    """The modules of examples of a service: `<service>.py`, or a folder with one module a subject."""
    module = importlib.import_module(package)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield importlib.import_module(f"{package}.{found.name}")


# Event type to data as it travels.
EXAMPLES: dict[str, dict[str, Any]] = {
    f"huying.{service}.{name}.v1": data
    for service in ("intake", "routing", "mediation")
    for module in _modules(f"{__name__}.{service}")
    for name, data in getattr(module, "EXAMPLES", {}).items()
}
