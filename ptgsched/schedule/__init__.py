"""Bookings: the rules they obey, the one door they go through, the journal."""
