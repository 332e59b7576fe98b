"""Many people's data: a lake of Parquet files, one analysis on two engines, and what of it may be published.

Rule: what identifies a person stays outside the lake, and no figure leaves this room without passing release.py.
"""
