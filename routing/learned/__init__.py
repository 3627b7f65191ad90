"""What was learned from recorded outcomes, and how: arithmetic on arrays, no text, no files."""
