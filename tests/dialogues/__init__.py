"""Conversations written down once, held on every platform."""
