"""Shared by tests, faults and benchmarks: servers, processes, databases, and an HTTP runner."""
