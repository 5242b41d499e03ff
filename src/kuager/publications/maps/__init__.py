"""Maps drawn from shapes that travel with Kuager: the world, the regions of a country, and a grid without borders."""
