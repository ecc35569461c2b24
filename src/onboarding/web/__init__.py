"""Everything that speaks HTTP: the layer, our pages, and their parts for hosts."""
