"""Sitbone's host tools: everything that happens on the user's own computer."""
