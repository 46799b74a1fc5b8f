"""Images, real and made."""
