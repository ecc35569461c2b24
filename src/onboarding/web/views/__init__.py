"""Values in, HTML or JSON values out: no request, no service, nothing to await."""
