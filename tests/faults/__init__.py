"""What must hold whatever breaks: small here, in full with `./dev test --full tests/faults`."""
