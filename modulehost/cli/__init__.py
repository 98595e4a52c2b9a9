"""The command line. Each file holds the verbs of one subject; heavy rooms are imported inside the verbs."""

from modulehost.cli.main import main

__all__ = ["main"]
