"""The fault suite: `bin/faults` injects faults into real services (docs/faults.md)."""
