"""What a case gives to the world: pages, charts, the story in a terminal, in English, Russian and Kazakh."""
