"""What a long-running process of ours does about itself."""

import gc

_COLLECT_AFTER_OBJECTS = 50_000


def calm_collector() -> None:
    """Call when everything is loaded: what is there stays, so the garbage collector need not walk it again under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER_OBJECTS)
