"""The team survey (DOMAIN 6): what a team needs and wishes, who has not said so, reminders."""
