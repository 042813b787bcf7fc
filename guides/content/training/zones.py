"""Where a runner is."""

from zoneinfo import ZoneInfo


def runner_zone(name: str) -> ZoneInfo | None:
    """None, for the site's own, if there's no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError):
        return None
