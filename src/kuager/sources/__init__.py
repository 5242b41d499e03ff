"""What each public source offers, how to ask it politely and what its answers mean."""
