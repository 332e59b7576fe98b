"""A report on the last weeks for the person and their physiotherapist, as HTML and as PDF.

Rule: the content is made once; HTML and PDF only lay it out.
"""
