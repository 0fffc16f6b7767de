"""Training a reader of numbers on lines that are composed as it goes."""
