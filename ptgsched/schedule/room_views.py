"""The rooms of an event, and one room's page."""
