"""What a professional and who look after an opgave write to each other."""
