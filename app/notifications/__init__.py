"""What people should know: the inbox, the digest, and every mail on its way."""
