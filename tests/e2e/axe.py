"""Accessibility checks with axe-core."""

from axe_playwright_python.base import AXE_SCRIPT

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

# Waits for animations. Only violations are returned: describing all passes takes longer than checking.
LOOK = """async options => {
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
    const results = await axe.run(options);
    return results.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)]);
}"""


def found_by_axe(page, *more, only=()):
    """The violated rules (of WCAG and `more`, or of `only` some), with their elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(LOOK, {"runOnly": only or [*WCAG, *more], "resultTypes": ["violations"]})


def open_details(page, *, menus=True):
    """Open all <details>, so that they're checked too. An open menu lies over the page."""
    left_out = "" if menus else ":not(.desk-menu details)"
    page.evaluate(
        "each => document.querySelectorAll(each).forEach(details => { details.open = true })",
        f"details{left_out}",
    )
