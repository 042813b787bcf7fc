"""The rows of the table in docs/speed.md, one module per family."""
