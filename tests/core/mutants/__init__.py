"""Mutation testing of the core: small faults are planted in it, and the suites must notice.

cosmic-ray makes the mutants; statement deletions are made here. Both live in memory only: a forked child imports the
mutated module in place of the real one and runs the suites until the first test fails. No file is changed.
"""
