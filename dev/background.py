"""Serves an ASGI application from a thread of this process, for the small helpers beside the services."""

import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from dev.processes import HOST, DevError, require_free


class Background:
    """A context manager: the application answers inside it and is gone after it."""

    def __init__(self, app: ASGIApp, port: int, purpose: str) -> None:
        self._port = port
        self._purpose = purpose
        config = uvicorn.Config(app, host=HOST, port=port, log_config=None, access_log=False)
        config.timeout_graceful_shutdown = 2
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name=purpose, daemon=True)

    def start(self) -> None:
        """Return when it answers. Raises DevError."""
        require_free(self._port, self._purpose)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise DevError(f"{self._purpose} did not start on port {self._port}.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
