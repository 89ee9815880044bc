"""Engines that draw, and what they share."""
