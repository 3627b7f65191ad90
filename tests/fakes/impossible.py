"""What a service does not let people do."""


class Impossible(Exception):
    """Whoever wants to do this finds no way; told to a benchmark as a 409."""
