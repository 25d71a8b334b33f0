"""Booking, changing, releasing, undoing: plain forms that work without JavaScript."""
