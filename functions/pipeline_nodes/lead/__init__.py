"""What happens to a new or changed lead: it is judged, and one of three branches answers it."""
