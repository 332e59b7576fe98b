"""The local web pages: today, trends, live, diary, tuning, rehab and the cushion, in a browser on the user's computer.

Rule: a page asks the rooms before it and draws the answer; it computes nothing.
"""
