"""Which models exist, where they come from, and what is installed."""
