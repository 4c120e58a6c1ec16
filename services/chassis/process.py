"""What a long-running process of ours does about itself."""

import contextlib
import gc
from collections.abc import Iterator

_THRESHOLDS = (10_000, 10, 50)
"""New objects before the young are collected, such collections before the middle-aged are, and those before all are.

The first is as many as fit the processor's cache: collecting fifty thousand at once took three times as long for each. All are
walked as seldom as then.
"""


def calm_collector() -> None:
    """Call when everything is loaded: what is there stays, so the garbage collector need not walk it again under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


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
