"""The pages of a case, as plain HTML that asks nothing of any network."""
