"""Experiments: detection against recordings and simulated people, populations for tuning, energy, example data.

Rule: nothing that a user relies on depends on this room, and each result says what was simulated.
"""
