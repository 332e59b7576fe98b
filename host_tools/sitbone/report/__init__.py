"""The data for others: a report for the person and their physiotherapist, as HTML and as PDF, and tables to analyse.

Rule: the content of the report is made once; HTML and PDF only lay it out.
"""
