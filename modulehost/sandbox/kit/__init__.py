"""What every vendor simulator stands on: state, clock, faults, request log, pages and a server.

A vendor is one `Vendor` record (see `world.py`): how its state looks, what it is seeded with, its Flask blueprints, the
faults it can act out. Everything else, the pages under `/_sandbox/` included, is here.
"""
