"""What an operator may set: the catalogue of models, the rules and the settings."""
