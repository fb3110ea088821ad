"""Signing in by the sign-in of one's own gemeente: OpenID Connect, beside the rooms."""
