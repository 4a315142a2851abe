"""Each looks through a block for citations of one form and yields sightings."""
