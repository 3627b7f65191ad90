"""How Slack comes in: over sockets or by HTTP. Nothing here knows what is said."""
