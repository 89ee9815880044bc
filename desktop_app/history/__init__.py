"""What was said, seen and drawn, kept on disk; Qt-free."""
