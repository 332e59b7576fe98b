"""What the cushions gave, kept for good: log blocks, the SQLite store, placing on UTC, sync, backup, export.

Rule: raw records are never changed; whatever is derived from them can be derived again. Knows nothing of their meaning.
"""
