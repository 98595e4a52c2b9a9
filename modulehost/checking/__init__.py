"""What is wrong with a module, told from its files: nothing is run, and no host is needed.

find(path)      the modules at a path: one folder, a folder of modules, or a host's root
check(found)    what is wrong with one of them, with file and line
"""

from modulehost.checking.findings import ERROR, WARNING, Finding
from modulehost.checking.folders import Found, NothingFound, find
from modulehost.checking.modules import NAMES, RULES, check, kind_of

__all__ = ["ERROR", "NAMES", "RULES", "WARNING", "Finding", "Found", "NothingFound", "check", "find", "kind_of"]
