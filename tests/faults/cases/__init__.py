"""One module per broken component. The suite judges the measurements."""
