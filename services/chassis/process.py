"""What a long-running process of ours does about itself."""

import contextlib
import gc
from collections.abc import Iterator

_COLLECT_AFTER_OBJECTS = 50_000


def calm_collector() -> None:
    """Call when everything is loaded: what is there stays, so the garbage collector need not walk it again under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER_OBJECTS)


@contextlib.contextmanager
def paused_collector() -> Iterator[None]:
    """For work that only builds: collecting in between walks everything built so far again and again, and frees nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
