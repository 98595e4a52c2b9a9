"""`python -m modulehost`."""

from modulehost.cli import main

main()
