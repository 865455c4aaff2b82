"""What groups in stripes cost: traffic, and when each engine is done."""
