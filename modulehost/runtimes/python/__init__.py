"""Modules written in Python: loading and reloading (loader), the clock they see (clocked), time limits (limits)."""
