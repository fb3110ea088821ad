"""The door for time and news: ticks and reactions. The app never imports it."""
