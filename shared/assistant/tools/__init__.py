"""The assistant's tools, one class in one file each; everything here is found by itself."""
