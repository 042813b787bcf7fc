"""SVG drawings: validated to be inlined in pages, and cleaned of what drawing programs add."""
