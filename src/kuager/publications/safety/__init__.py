"""What is taken out of everything that is published, so that nobody is hurt: one gate before all pages and files."""
