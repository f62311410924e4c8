"""Pages: parse, ask a selector, render."""
