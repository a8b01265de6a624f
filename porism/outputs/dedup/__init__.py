"""Which texts say the same: the exact ROUGE-L join, whole sets at once and across sets."""
