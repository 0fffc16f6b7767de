"""Sums that somebody has worked out, marked."""
