"""Where people talk to Pointsman: the platforms, the commands and the program itself."""
