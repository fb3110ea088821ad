"""The pages on which gemeenten find each other around the same opgave."""
