"""The rows of the table in docs/speed.md, a module for each family."""
