"""Organizers' pages that draw from several features: the state of the event, messages, reports."""
