"""Simulated people: who they are, one at a time for the cohort, and crowds for tuning."""
