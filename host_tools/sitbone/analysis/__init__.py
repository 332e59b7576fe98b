"""What the log says about a person's days: one place that history, report, tuning and dashboard ask.

Rule: numbers and spans only; nothing here prints, draws or decides.
"""
