"""How the log is written. Settings name it, so it imports nothing of the portal."""

from __future__ import annotations

import logging
from copy import copy


class OneLine(logging.Formatter):
    """An answer that the portal gives on purpose (400 to 499) is one line; only an error has its traceback.

    Django tells of a refusal with the exception by which the portal refused. The record itself is left as it
    is: others may read it too.
    """

    def format(self, record: logging.LogRecord) -> str:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record = copy(record)
            record.exc_info = record.exc_text = record.stack_info = None
            return super().format(record).replace("\r", "").replace("\n", " ")
        return super().format(record)
