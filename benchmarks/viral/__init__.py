"""A viral hour: runners that behave as people do, against the whole real stack, ever more of them
until it bends.

`crowd.py` is the load, a process of its own that knows nothing of Django: `runner.py` is what one
runner does, `web.py` the browser, `sink.py` the mail server that hands the links on. `hour.py` is
the ramp, `meter.py` looks at processes and queues meanwhile, `report.py` says what came out, and
`memory.py` looks for growth.
"""
