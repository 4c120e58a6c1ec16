"""Texts that people write: trimmed, of bounded length, required or not."""

from services.routing.errors.common import TextMissing, TextTooLong

MAX_TEXT = 4000


def required(text: str, what: str, what_zh: str, path: tuple[str, ...]) -> str:
    """The trimmed text; `what` names it and `path` points to it when it is refused. Raises TextMissing, TextTooLong."""
    text = text.strip()
    if not text:
        raise TextMissing(path=path, what=what, what_zh=what_zh)
    if len(text) > MAX_TEXT:
        raise TextTooLong(path=path, limit=MAX_TEXT)
    return text


def optional(text: str | None, path: tuple[str, ...]) -> str | None:
    """The trimmed text, None when there is none. Raises TextTooLong."""
    text = (text or "").strip()
    if len(text) > MAX_TEXT:
        raise TextTooLong(path=path, limit=MAX_TEXT)
    return text or None
