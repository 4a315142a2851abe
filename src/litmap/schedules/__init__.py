"""Schedules that last: when a library is refreshed, whether a refresh is due, and what the system
is told so that it starts them. Nothing here knows Prefect.
"""
