"""One module per component that is broken. The suite judges the measurements."""
