"""Everything fetched from the cushions, kept for good: log blocks, SQLite store, placing on UTC, sync, backup, export.

Rule: raw records are never changed, and whatever is derived from them can be derived again. This room doesn't know what
they mean.
"""
