"""Throttling: service that goes on, slower. Told from several runs only, with its size, and what else it could be."""
