"""Charts of signals over time: one specification, drawn as attribute-only SVG and from that as PNG."""
