"""The urenbank: which gemeente lent another how many hours, as transfers that are never changed."""
