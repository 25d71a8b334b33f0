"""Who came: heads counted in each session, and the event's report made of them."""
