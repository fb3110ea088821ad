"""What becomes of opgaven, for who looks after a gemeente or the platform."""
