"""Figures for operators: what was asked and answered, and how much there is."""
