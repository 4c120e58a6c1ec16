"""Keeps a pipeline on the newest good version of the supergraph file; requests under way finish on theirs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from services.gateway.errors import SupergraphInvalid
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline
from services.gateway.supergraph import Supergraph

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int, int]


class Reloader:
    """Watches one file. A version that cannot be served is logged and counted, and the one before stays."""

    def __init__(
        self,
        pipeline: Pipeline,
        path: Path,
        read: Callable[[str], Supergraph],
        metrics: Metrics,
        *,
        poll_seconds: float,
        warm_up: int,
    ) -> None:
        """
        Args:
            read: SDL to supergraph; called in a thread.
            poll_seconds: how often to look at the file; 0 to look on SIGHUP only.
            warm_up: how many of the operations used last are planned before a new version serves.
        """
        self._pipeline = pipeline
        self._path = path
        self._read = read
        self._metrics = metrics
        self._poll_seconds = poll_seconds
        self._warm_up = warm_up
        self._stamp: Stamp | None = None
        self._asked = asyncio.Event()

    async def load(self) -> bool:
        """Serve what the file holds now; false when that is what is served already.

        Raises:
            SupergraphInvalid: the file is missing or cannot be served; what was served still is.
        """
        # Taken before reading: a file still being written is read again when it is complete.
        self._stamp = await asyncio.to_thread(_stamp, self._path)
        supergraph = await asyncio.to_thread(self._supergraph)
        current = self._pipeline.generation
        if current is not None and current.supergraph.digest == supergraph.digest:
            return False
        await self._pipeline.replace(supergraph, warm_up=self._warm_up)
        self._metrics.supergraph_loaded(supergraph.digest)
        log.info("supergraph loaded", extra={"supergraph": supergraph.digest})
        return True

    async def run(self) -> None:
        """Watch until cancelled; SIGHUP looks at once, whether or not the file seems to have changed."""
        loop = asyncio.get_running_loop()
        # Only a main thread receives signals, and not every platform has this one.
        with contextlib.suppress(NotImplementedError, AttributeError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGHUP, self._asked.set)
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds or None):
                        await self._asked.wait()
                if self._asked.is_set() or await asyncio.to_thread(_stamp, self._path) != self._stamp:
                    self._asked.clear()
                    await self._reload()
        finally:
            with contextlib.suppress(NotImplementedError, AttributeError, RuntimeError, ValueError):
                loop.remove_signal_handler(signal.SIGHUP)

    async def _reload(self) -> None:
        try:
            outcome = "loaded" if await self.load() else "unchanged"
        except SupergraphInvalid as err:
            outcome = "failed"
            log.error("supergraph refused, the one before stays", extra={"reason": str(err)})
        except Exception:
            outcome = "failed"
            log.exception("supergraph refused, the one before stays")
        self._metrics.supergraph_reload(outcome)

    def _supergraph(self) -> Supergraph:
        try:
            sdl = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as err:
            raise SupergraphInvalid(f"The supergraph file cannot be read: {err}") from err
        return self._read(sdl)


def _stamp(path: Path) -> Stamp | None:
    """What differs when a file does, through links: Kubernetes swaps a ConfigMap by replacing one. None when missing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
