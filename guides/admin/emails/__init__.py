"""A guide's emails at the desk: their words, how they look, and how their subject lines do."""
