"""CPU time of the runner's requests, in process: `python -m benchmarks.cost` (docs/speed.md).

Requests a second say nothing on a busy machine; CPU time does, if both sides take turns.
"""
