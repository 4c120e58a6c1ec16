"""Stands in for a service in the platform's own tests: `stub_service.py NAME COMMAND …`.

It answers `/readyz` and every GraphQL request, and writes each command and each request it is given to `$STUB_LOG`.
"""

import http.server
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

LOG = Path(os.environ["STUB_LOG"])


class Handler(http.server.BaseHTTPRequestHandler):
    """Ready, unless the test says that this service falls over."""

    def do_GET(self) -> None:
        self.answer(b"ok")
        if os.environ.get("STUB_DIES") == sys.argv[1]:
            threading.Timer(0.3, die).start()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        note(
            "POST "
            + json.dumps({"query": body["query"], "authorization": self.headers["authorization"], **body["variables"]})
        )
        report = {"id": "report_stub", "workOrders": [{"id": "order_stub"}]}
        data = {
            "report": report,
            "submitReport": {"report": report, "errors": []},
            "planShifts": {"shift": {"id": "shift_stub"}, "errors": []},
            "centreBoard": {"orders": {"nodes": []}},
        }
        self.answer(json.dumps({"data": data}).encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def die() -> None:
    print("the stub is tired", file=sys.stderr, flush=True)
    os._exit(7)


def note(line: str) -> None:
    with LOG.open("a") as log:
        log.write(line + "\n")


if sys.argv[2:] != ["serve"]:
    note(" ".join(word if "/" not in word else Path(word).name for word in sys.argv[1:]))
else:
    host, _, port = os.environ["HUYING_LISTEN"].rpartition(":")
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
