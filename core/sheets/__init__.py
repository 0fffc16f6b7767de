"""From a picture of a sheet to its fields, and what is written in them."""
