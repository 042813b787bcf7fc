"""The code to scan."""

import re

from guides.pdf.qr_code import qr_code

MOVE = re.compile(r"M([\d.]+) ([\d.]+)|m(-?\d+) (-?\d+)|h(\d+)")
URL = "https://runfit.example.org/guide/strength-guide/phone/"


def modules(svg: bytes) -> list[tuple[int, int]]:
    """The black squares, by walking the path."""
    path = re.search(r'd="([^"]+)"', svg.decode())
    assert path is not None
    x = y = 0.0
    black = []
    for start_x, start_y, by_x, by_y, length in MOVE.findall(path[1]):
        if start_x:
            x, y = float(start_x), float(start_y)
        elif length:
            black += [(int(x) + step, int(y)) for step in range(int(length))]
            x += int(length)
        else:
            x, y = x + int(by_x), y + int(by_y)
    return black


def test_code_is_a_square_with_its_three_finders() -> None:
    svg = qr_code(URL)

    width = re.search(rb'width="(\d+)"', svg)
    assert width is not None
    side = int(width[1])
    black = set(modules(svg))
    finder = {
        (x, y) for x in range(7) for y in range(7) if max(abs(x - 3), abs(y - 3)) in {0, 1, 3}
    }
    for left, top in ((2, 2), (side - 9, 2), (2, side - 9)):
        area = {(left + x, top + y) for x in range(7) for y in range(7)}
        assert {(x - left, y - top) for x, y in black & area} == finder


def test_same_address_gives_the_same_code_and_another_does_not() -> None:
    assert qr_code(URL) == qr_code(URL)
    assert qr_code(URL) != qr_code(f"{URL}x")


def test_code_is_drawn_in_black_alone() -> None:
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', qr_code(URL).decode())) == {"#000"}
