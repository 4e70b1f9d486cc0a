"""Windows, months and other forms: filled, sent, reviewed, accepted."""
