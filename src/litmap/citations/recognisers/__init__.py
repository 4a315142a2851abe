"""Pure functions that find names, titles, references and links in a string."""
