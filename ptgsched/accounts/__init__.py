"""Who is asking: people, their sign-in, and the tokens of bots."""
