"""What flows cost: processor time beside peers, billed units beside the least, and large ones."""
