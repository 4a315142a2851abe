"""From sightings to citations: which of them are one work."""
