"""Strings in, facts about strings out: what several stages ask has its one home here. Imports
models only.
"""
