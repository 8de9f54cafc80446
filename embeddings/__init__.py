"""Text → vector → neighbours. Knows nothing of Flask, of the database or of a profile."""
