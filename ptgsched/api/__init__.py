"""JSON for bots under /api/v1: one module per resource."""
