"""The one error of the recorder."""

from __future__ import annotations


class RecordError(Exception):
    """Unusable input; the message is one line that says what was wrong and what is allowed."""
