"""The default accessibility statement. The first line of each paragraph is its heading."""

PARAGRAPHS = (
    "We want everyone to be able to use this site. Here's what we've checked, what doesn't work "
    "well yet, and how to tell us.",
    "What we aim for\nThe rules that most sites go by: WCAG 2.2, level AA.",
    "How it was checked\nEach time the software changes, a program looks for known faults on "
    "every kind of page, in light and dark. It also checks that the pages work with a keyboard "
    "alone, without scripts, on a screen 320 pixels wide, with text at twice its size, in high "
    "contrast, and with less motion. The pages are tried in the engines of Chrome, Safari, and "
    "Firefox. The guide is a tagged PDF, checked against the PDF/UA-1 standard when it's made.",
    "What doesn't work well yet\nNobody who uses a screen reader, a switch, or voice control every "
    "day has tried these pages with us yet. The numbers on the drawings of the home checks can't "
    "be reached with a keyboard, but the same answers are in the list below each drawing. A "
    "drawing shows more of a move than its description says. The steps beside it say the rest in "
    "words. The guide is long as a PDF, but the link in your email opens it as a web page, too.",
    "If something gets in your way\n{contact} Tell us which page it was and what happened.",
)


def default_accessibility_statement() -> str:
    return "\n\n".join(PARAGRAPHS)
