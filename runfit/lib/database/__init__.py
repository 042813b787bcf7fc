"""How the databases are read, and which of their errors are transient."""
