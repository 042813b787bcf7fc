"""Exercises as loops: the poses between, checked like the others, and drawn as one moving file."""
