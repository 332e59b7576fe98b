"""What the pages stand on, here the framework and its threads.

The page that needs no installation draws the same pages in a browser, with modules of the same names: page/browser.
"""
