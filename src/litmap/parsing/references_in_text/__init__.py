"""References in running text: where they begin and end, and their titles, as learnt."""
