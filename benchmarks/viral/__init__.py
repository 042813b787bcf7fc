"""A viral hour: realistic runners on the full real stack, in growing numbers until it bends.

`crowd.py` generates the load in a separate process without Django: `runner.py` is one runner,
`web.py` the browser, `sink.py` the mail server that passes on the links. `hour.py` is the ramp,
`meter.py` samples processes and queues, `report.py` formats the results, and `memory.py` checks
for leaks.
"""
