"""Feeds: what happened and what became of it, in the formats that readers, calendars and alerting systems know."""
