"""What every HTTP function of ours has in common: hosts, bodies, paths, rights, error answers."""
