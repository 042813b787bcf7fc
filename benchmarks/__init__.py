"""What bin/bench measures (docs/speed.md).

`suite.py` reads the options and runs; `comparison.py` sets RunFit and a ceiling side by side, in
the turns of `turns.py`, and `table.py` prints what came out. `bench.py` starts what both run on.
`rows/` holds what is compared, `ceilings/` and `peers/` what it is compared with. `growth/` and
`viral/` are runs of their own, and `lighthouse.py` is a command of its own.
"""
