"""One's own account: name and zone, password, roles, and the tokens of one's programs."""
