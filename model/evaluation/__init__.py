"""How good, how sure, how different."""
