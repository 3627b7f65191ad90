"""What people can tell the bot to do, the same on every platform."""
