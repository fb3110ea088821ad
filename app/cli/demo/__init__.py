"""The people and opgaven of the demo: who they are, and keeping them fresh."""
