"""Files with many people in them."""
