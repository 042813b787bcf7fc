"""The sentences of a page, an email, or a PDF, as somebody reads them."""

import re
from html import unescape

UNSEEN = re.compile(r"<(script|style|svg|head)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
INLINE = re.compile(r"</?(?:a|strong|em|b|i|span)\b[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
END = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
SPACE = re.compile(r"[^\S\n]+")


def html_sentences(html: str) -> frozenset[str]:
    """Folded parts count. A tag between words ends a sentence, unless it only marks them."""
    text = TAG.sub("\n", INLINE.sub("", UNSEEN.sub("\n", html.replace("\n", " "))))
    return sentences(unescape(text))


def sentences(text: str) -> frozenset[str]:
    plain = SPACE.sub(" ", text.replace(CURLY, "'"))
    return frozenset(found for part in END.split(plain) if (found := part.strip()))
