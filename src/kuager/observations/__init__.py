"""The columns of a case: a Parquet table per signal, and coverage beside them."""
