"""The page that needs no installation: the project's own Python in a browser, and the cushion over Web Serial.

Rule: nothing here imports the command line. Modules in ``browser`` run only in the page.
"""
