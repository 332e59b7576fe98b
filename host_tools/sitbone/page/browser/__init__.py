"""What runs only in the page, under Pyodide. Some modules stand in for those that need a server: see build.py."""
