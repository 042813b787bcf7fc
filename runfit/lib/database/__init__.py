"""How the databases are read, whether content has changed, and which errors are transient."""
