"""Ours and a peer, side by side, in one run, as ratios of CPU time."""
