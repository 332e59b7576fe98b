"""The cushion at the end of a port: find, install, flash, status, live, record, doctor.

Rule: `device.py` is the only importer of mpremote and pyserial; a cushion that answers oddly is an error in one line.
"""
