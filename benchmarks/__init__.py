"""How fast the service is, next to the least that the same server could do for the same bytes."""
