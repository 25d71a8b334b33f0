"""Organizers set an event up: its rooms, teams, projects, windows, phases and settings."""
