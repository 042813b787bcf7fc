"""Groups lines: one that ends with a colon leads those below it."""

from collections.abc import Iterable

Group = tuple[str, tuple[str, ...]]


def grouped(lines: Iterable[str]) -> tuple[Group, ...]:
    """Each lead with its lines. The lines above the first lead have a blank one."""
    groups: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if line.endswith(":"):
            groups.append((line, []))
        else:
            groups[-1][1].append(line)
    return tuple((lead, tuple(below)) for lead, below in groups if lead or below)
