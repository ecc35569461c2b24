"""Where events go after the commit."""
