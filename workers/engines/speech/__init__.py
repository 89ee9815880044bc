"""Engines that turn samples into words."""
