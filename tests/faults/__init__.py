"""The fault suite: `bin/faults` injects faults into real services and prints the results (docs/faults.md)."""
