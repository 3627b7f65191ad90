"""What an operator sees of a running bot: its health and its numbers, never what is said."""
