"""The alternatives: two questionnaire apps from PyPI, set up as their manuals say.

Runs on a Python of its own, where RunFit is not installed: nothing here imports it.
"""
