"""The least that could serve: a Django without middleware, one view for each kind of work."""
