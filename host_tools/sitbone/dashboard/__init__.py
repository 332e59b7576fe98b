"""The local web page: today, trends, diary, tuning and the cushion itself, in a browser on the user's own computer.

Rule: a page asks the rooms below and draws; it works nothing out.
"""
