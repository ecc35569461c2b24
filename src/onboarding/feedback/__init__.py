"""Prompts at defined points of the journey, responses, and replies to them."""
