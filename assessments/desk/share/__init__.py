"""Sharing a self-check: its address, named links, code for another site, and a QR code."""
