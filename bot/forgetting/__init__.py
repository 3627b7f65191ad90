"""`pointsman forget`: takes a person out of everything."""
