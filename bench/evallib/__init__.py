"""What bench/eval is made of: collections, the daemon, measures, significance."""
