"""What differs by where the pages run: the names of dashboard/platform/here.py."""

HAS_COMMANDS = False
DETAILS = "What you entered before is kept"
NO_CUSHION = "no cushion found; plug it in, then choose it"
