"""The fault suite: `bin/faults` breaks real parts and prints what came of it (docs/faults.md)."""
