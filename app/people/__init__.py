"""What a professional offers: expertise, experience, energy and hours."""
