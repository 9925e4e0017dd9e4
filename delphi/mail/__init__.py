"""Messages to panel and team: what they say and how they leave. Knows neither Flask nor the database."""
