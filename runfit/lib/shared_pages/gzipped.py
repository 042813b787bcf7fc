"""Texts with gaps, gzipped once and filled with words of the same lengths.

A text is compressed with noise in its gaps. Where a word stands first, the noise has a block of its
own, which is replaced by the word, stored as it is; everywhere else, that place is referred to. So
the size reveals nothing about the words. (That's why Django pads other gzipped pages.)
"""

import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, zip_longest
from struct import pack
from typing import NamedTuple

GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
STORED = b"\x00"  # header of an uncompressed deflate block that isn't the last one
NEVER_IN_TEXT = bytes((0xC0, 0xC1, *range(0xF5, 0x100)))
"""Bytes that UTF-8 doesn't use, so that nothing but noise is compressed by referring to it."""


class GzippedText(NamedTuple):
    """Blocks, and between them the names of the words that are stored there."""

    blocks: list[bytes]
    names: list[str]

    def filled(self, words: Mapping[str, bytes], plain: bytes) -> bytes:
        """`plain` is the text with these words."""
        parts = [GZIP_HEADER]
        for block, name in zip_longest(self.blocks, self.names):
            parts += [block] if name is None else [block, stored(words[name])]
        return b"".join([*parts, pack("<II", zlib.crc32(plain), len(plain))])


def gzipped_text(
    pieces: Sequence[str], gaps: Sequence[str], lengths: Mapping[str, int]
) -> GzippedText | None:
    """The text with gaps between its pieces, for words with these numbers of bytes. None if it
    can't be made: noise may end up outside of its block, where compression cuts a reference."""
    noise = _noise(lengths)
    if any(len(noise[name]) < length for name, length in lengths.items()):
        return None
    compressor = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    blocks, names, block = list[bytes](), list[str](), b""
    for piece, name in zip_longest(pieces, gaps):
        block += compressor.compress(piece.encode())
        if name in names:
            block += compressor.compress(noise[name])
        elif name is not None:
            blocks.append(block + compressor.flush(zlib.Z_SYNC_FLUSH))
            names.append(name)
            compressor.compress(noise[name])
            compressor.flush(zlib.Z_SYNC_FLUSH)
            block = b""
    text = GzippedText([*blocks, block + compressor.flush()], names)
    return text if _is_right(text, pieces, gaps, noise) else None


def stored(data: bytes) -> bytes:
    """An uncompressed block, of at most 64 KiB."""
    return STORED + pack("<HH", len(data), len(data) ^ 0xFFFF) + data


def _is_right(
    text: GzippedText, pieces: Sequence[str], gaps: Sequence[str], noise: Mapping[str, bytes]
) -> bool:
    """Whether other words come out where noise went in."""
    words = {name: bytes(255 - byte // 2 for byte in own) for name, own in noise.items()}
    plain = b"".join(
        piece.encode() + words.get(name or "", b"") for piece, name in zip_longest(pieces, gaps)
    )
    try:
        return zlib.decompress(text.filled(words, plain), wbits=16 + zlib.MAX_WBITS) == plain
    except zlib.error:
        return False


def _noise(lengths: Mapping[str, int]) -> dict[str, bytes]:
    """For each name as many bytes, as far as they reach. No three in a row come twice: deflate
    refers to no fewer."""
    ends = accumulate(lengths.values())
    return {
        name: _no_three_twice()[end - length : end]
        for (name, length), end in zip(lengths.items(), ends, strict=True)
    }


@cache
def _no_three_twice() -> bytes:
    """A de Bruijn sequence, made greedily: of all bytes that may follow, the last one first."""
    sequence, seen = bytearray(2 * NEVER_IN_TEXT[:1]), set[bytes]()
    while True:
        for byte in reversed(NEVER_IN_TEXT):
            three = bytes((*sequence[-2:], byte))
            if three not in seen:
                seen.add(three)
                sequence.append(byte)
                break
        else:
            return bytes(sequence)
