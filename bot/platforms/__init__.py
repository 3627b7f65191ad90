"""The chat services, each a thin edge: an event in, reply events out."""
