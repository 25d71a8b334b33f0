"""The teams of an event, and one team's page."""
