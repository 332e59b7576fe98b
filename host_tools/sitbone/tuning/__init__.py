"""Proposals for the limits, with their evidence: the rules, advice from the person's own days, and what would change.

Rule: a proposal changes nothing; only `apply` does, once the person has agreed.
"""
