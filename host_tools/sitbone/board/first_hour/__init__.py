"""The first hour with a cushion, from the parts on the table to the first break: what there is to do, and how far it
is. Whoever leads through it, a terminal or a page, asks `progress.py` what is next.
"""
