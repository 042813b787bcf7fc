"""What bin/bench measures (docs/speed.md).

`suite.py` parses the options and runs the benchmarks, `comparison.py` compares RunFit with a
ceiling in alternating turns (`turns.py`), and `table.py` prints results. `bench.py` starts servers.
`rows/` has the work to compare, `ceilings/` and `peers/` the other implementations.
`growth/` and `viral/` are separate runs. `phone.py` and `lighthouse.py` are separate commands
(docs/pages.md), and so is `cost/`, which measures CPU time within one process.
"""
