"""How good detection is and where it fails: a simulator with known truth, labelled cases, and scores."""
