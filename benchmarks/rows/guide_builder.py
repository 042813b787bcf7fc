"""Builds a guide's PDF in a process of its own, as the libraries beside it do.

Lines on standard input say for how many seconds; the answer is JSON of how many PDFs were built, in
how many seconds, with how much CPU time.
"""

import json
import sys
from dataclasses import astuple

import django

django.setup()

from benchmarks.rows import pdfs  # noqa: E402 - needs the line above


def main() -> None:
    work = pdfs.repeated(pdfs.build_of_guide())
    for line in sys.stdin:
        print(json.dumps(astuple(work(float(line)))), flush=True)


main()
