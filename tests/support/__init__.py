"""What tests, faults and benchmarks share: servers, processes, databases, and a runner over HTTP."""
