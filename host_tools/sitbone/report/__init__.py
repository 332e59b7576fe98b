"""A page about the last weeks for the person and their physiotherapist: one content, as HTML and as PDF.

Rule: the content is made once; HTML and PDF only set it.
"""
