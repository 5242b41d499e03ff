"""A package for a third party: a BagIt bag with everything that it takes to check it offline."""
