"""Finds what was said, seen and drawn, and pictures in folders of the user's own, by words and by picture; Qt-free."""
