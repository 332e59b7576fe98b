"""Figures of a recovery, over months: what a person can sit, and the load before and after a calibration."""
