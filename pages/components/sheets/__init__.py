"""The parts of the Sheets page."""
