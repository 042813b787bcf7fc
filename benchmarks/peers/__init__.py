"""What people would use otherwise: two questionnaire apps from PyPI, as their manuals set them up.

Runs on a Python of its own, where RunFit is not installed: nothing here imports it.
"""
