"""Keys and whose they are: the folder that holds them, their public forms, and the signature of a custodian."""
