"""Testing a module with pytest: a whole host per test, in memory of nothing else.

`plugin` holds the fixtures, which pytest finds by itself once modulehost is installed; `hosts` makes hosts, `subject`
finds the module under test, `things` are what the fixtures give. Nothing here is imported before a test asks for it.
"""
