"""Syncs by itself while it runs in the background.

Rule: it holds a port only while it syncs, and gives it up to whoever asks; it sets nothing that a person decides.
"""
