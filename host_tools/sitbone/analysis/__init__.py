"""What the log says about a person's days: the one place that history, report, tuning and dashboard read it from.

Rule: numbers and spans only; nothing here prints, draws or decides.
"""
