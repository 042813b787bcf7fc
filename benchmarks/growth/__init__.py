"""Measurements and charts of `bin/bench --growth`."""
