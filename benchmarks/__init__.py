"""Side by side with a lower bound, one command each; they print ratios and assert nothing."""
