"""The parts of the composer: what is put on paper, and what a camera makes of it. `core.data.composer` uses them."""
