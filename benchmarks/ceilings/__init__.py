"""The least that could serve: a Django with one view for each kind of work, and no middleware, or
that which Django starts a project with."""
