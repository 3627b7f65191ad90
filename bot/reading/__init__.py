"""Reads what people attach: fetched here, parsed in a child process that can do no harm."""
