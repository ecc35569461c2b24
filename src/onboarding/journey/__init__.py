"""Events over time: the log, and funnels that show where people drop off."""
