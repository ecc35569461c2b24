"""Limits: how often one client, contact or account, and all of them, may do a thing."""
