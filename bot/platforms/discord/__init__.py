"""Discord. Importing this package imports no library and starts nothing."""
