"""Lines of handwritten numbers, composed on the fly: texts, hands that write them, and the paper under them."""
