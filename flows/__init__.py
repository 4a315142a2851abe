"""Prefect, and only here: the refresh flow and its schedules. The library does not know its
orchestrator.
"""
