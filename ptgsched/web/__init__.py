"""What every page and answer shares: errors, forms, filters, links, headers."""
