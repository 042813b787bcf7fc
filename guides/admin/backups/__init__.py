"""What the desk shows of backups, and of mail that's held after a restore."""
