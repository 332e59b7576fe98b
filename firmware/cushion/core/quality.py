"""The health of a zone, as numbered in the log (records.QUALITIES)."""

OK, MISSING, SHORT, SATURATED, FROZEN, IMBALANCE, OPEN, DRIFTING = 0, 1, 2, 3, 4, 5, 6, 7
