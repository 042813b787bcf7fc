"""Attacks on a running RunFit: who is known by time, one inbox, the hourly whole, and the disk."""
