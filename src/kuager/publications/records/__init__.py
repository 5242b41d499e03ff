"""What programs read of a case: its episodes and values as JSON and CSV."""
