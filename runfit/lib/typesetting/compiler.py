"""Compiles Typst sources held in memory, with the packaged fonts and no others."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import fontpkg_atkinson_hyperlegible
import fontpkg_hanken_grotesk
import typst

FONTS = ("Atkinson Hyperlegible", "Libertinus Serif", "DejaVu Sans Mono")
"""Latin, Greek, Cyrillic, Hebrew, Arabic, and Devanagari print with the compiler's bundled
fonts. Chinese, Japanese, and Korean fonts would add many megabytes."""
PANIC = "PanicException"
"""The type that a Rust panic in the compiler raises: a BaseException that can't be imported."""


class CompilerBrokenError(RuntimeError):
    """The compiler failed without a diagnostic, such as on a damaged picture."""


def typeset(files: Mapping[str, bytes], **options: Any) -> bytes:
    """The document whose source is `main.typ`. The same input gives the same bytes.

    Raises typst.TypstError, whose diagnostic says what's wrong, or CompilerBrokenError.
    """
    # A new compiler for each call: unlike its fonts, it can't be shared between threads.
    # The cast: typst's stubs don't know that it takes a mapping of files.
    try:
        compiler = typst.Compiler(cast(Any, files), font_paths=_fonts())
        compiled = compiler.compile(timestamp=0, **options)
    except typst.TypstError:
        raise
    except BaseException as error:
        if isinstance(error, RuntimeError) or type(error).__name__ == PANIC:
            raise CompilerBrokenError(str(error)) from error
        raise
    return cast(bytes, compiled)


@cache
def _fonts() -> typst.Fonts:
    packages = (fontpkg_atkinson_hyperlegible, fontpkg_hanken_grotesk)
    folders = [package.ROOT / "files" for package in packages]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)
