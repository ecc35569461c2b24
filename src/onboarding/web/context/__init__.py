"""The ASGI side: who makes a request, what was sent, what its response carries."""
