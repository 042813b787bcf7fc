"""One safeguard, and the test that misses it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    name: str
    what_for: str
    file: str
    changes: tuple[tuple[str, str], ...]
    """Pairs of source text and its replacement."""
    test: str

    def removed_from(self, source: str) -> str:
        for text, instead in self.changes:
            if source.count(text) != 1:
                raise ValueError(f"{self.file} no longer says: {text!r}")
            source = source.replace(text, instead)
        return source
