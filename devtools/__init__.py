"""What `./dev` does once its virtualenv stands: services, supervision, checks."""
