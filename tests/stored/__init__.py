"""All that is kept, in every form that a version of the bot wrote: recorded, and read again."""
