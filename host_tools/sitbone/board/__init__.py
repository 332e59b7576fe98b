"""The cushion at the end of a port: find, install, flash, status, live, record, doctor.

Rule: only `serial_line.py` imports mpremote and pyserial; an odd answer from a cushion becomes a one-line error.
"""
