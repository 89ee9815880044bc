"""What is measured: speed and quality, against the best of others on the same weights."""
