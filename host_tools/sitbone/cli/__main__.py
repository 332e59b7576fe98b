"""`python -m sitbone.cli`."""

from sitbone.cli import main

main()
