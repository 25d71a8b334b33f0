"""Projects, their teams, the people who lead them, and what those may do."""
