"""Events of many series become one thing that happened at a place: fused, divided into phases, graded, put in words."""
