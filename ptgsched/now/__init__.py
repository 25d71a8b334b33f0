"""The pages of the moment: what is on, where, how to join, what comes next."""
