"""litmap: from notes to a searchable, mapped library of the papers they cite."""

__version__ = "0.1.0"
