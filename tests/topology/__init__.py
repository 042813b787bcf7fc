"""A whole site on one machine, as processes: proxy with TLS, two webs, two workers, beat, PgBouncer,
PostgreSQL with a standby, and Redis. Walked over HTTPS while one part after the other is killed."""
