"""The schedule as bytes for others: calendars, frab, ptgbot, room lists."""
