"""The cushion at the end of a port: find, install, flash, status, live, record, doctor.

Rule: only `serial_line.py` imports mpremote and pyserial; a cushion that answers oddly is an error in one line.
"""
