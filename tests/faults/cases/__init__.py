"""One module for each part that is broken. What each measures is judged in the suite."""
