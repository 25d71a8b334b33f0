"""Who comes to an event: registering, the waitlist, one's own page and calendar, passcodes."""
