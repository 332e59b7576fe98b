"""What differs by where the pages run, here beside the command line."""

HAS_COMMANDS = True
DETAILS = "Details are in the terminal that runs sitbone dashboard"
NO_CUSHION = "no cushion found; plug it in, or choose its port on the Cushion page"
