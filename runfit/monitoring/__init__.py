"""What whoever runs a site watches and asks: metrics, logs, error reports, and the doctor."""
