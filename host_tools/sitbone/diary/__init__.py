"""The person's own record: pain, marks, red flags, exercises.

Rule: what a person wrote is checked once, when it is written, and never reworded.
"""
