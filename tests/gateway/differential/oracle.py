"""Asking a Node script of this folder: JSON lines in, as many JSON lines out, in order."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def ask(script: str, questions: Iterable[object]) -> list[Any]:
    """The answers of `script` to all questions; a script that dies raises CalledProcessError."""
    lines = "".join(f"{json.dumps(question)}\n" for question in questions)
    finished = subprocess.run(["node", HERE / script], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in finished.stdout.splitlines()]
