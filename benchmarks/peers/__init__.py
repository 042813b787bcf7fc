"""The alternatives: two questionnaire apps from PyPI, set up as their manuals say.

Runs in a separate Python without RunFit, so nothing here imports it.
"""
