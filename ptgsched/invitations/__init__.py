"""Leads, deputies and organizers: invited by e-mail, handed over, taken away."""
