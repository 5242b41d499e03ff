"""The words of the field: frozen value types, closed sets and Arrow schemas. Nothing here reads or writes."""
