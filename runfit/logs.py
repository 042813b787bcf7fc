"""Log lines without what may not be in them: addresses, and tokens that open someone's pages."""

import logging
import re

TOKEN = re.compile(r"/(result|guide|unsubscribe|preferences)/[^/\s\"']+")
ADDRESS = re.compile(r"[^\s@()<>=\"',:;]+@[^\s@()<>\"',:;]+\.[^\s@()<>\"',:;]+")


class ScrubbingFormatter(logging.Formatter):
    """Scrubs the finished line, its traceback included: a database quotes rows in its errors."""

    def format(self, record: logging.LogRecord) -> str:
        line = TOKEN.sub(r"/\1/…", super().format(record))
        return ADDRESS.sub("…@…", line)
