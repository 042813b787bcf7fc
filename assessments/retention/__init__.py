"""How long things are kept: what goes and when, and what runners read about it."""
