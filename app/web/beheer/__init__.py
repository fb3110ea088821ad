"""What a beheerder looks after."""
