"""What axe finds wrong with a page."""

from axe_playwright_python.base import AXE_SCRIPT

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

# Colours that fade in have come. Every rule is tried on every element, but only what is wrong is
# handed over: to describe all that is right takes longer than to look at it.
LOOK = """async options => {
    await Promise.allSettled(document.getAnimations().map(each => each.finished));
    const found = await axe.run(options);
    return found.violations.map(each => [each.id, each.nodes.map(node => node.html)]);
}"""


def found_by_axe(page, *more):
    """Each rule that is broken, and the elements that break it."""
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(LOOK, {"runOnly": [*WCAG, *more], "resultTypes": ["violations"]})


def open_details(page):
    """What is folded away is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
