"""Events and how they are laid out: windows, slots, rooms, sign-up phases."""
