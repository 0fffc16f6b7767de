"""A sheet to take away: as a table, as JSON, and on paper."""
