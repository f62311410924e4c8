"""Ratios against peers on the same data in one process; nothing here is asserted by time."""
