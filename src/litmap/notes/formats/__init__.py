"""Readers of the formats notes are written in, one a module."""
