"""IODA: the dashboard's export, and the answers of its API v2: series, findings, entities."""
