"""The scholarly services, one file each: `request_for(…)` makes a request, `parse(bytes)` reads the
answer. No I/O.
"""
