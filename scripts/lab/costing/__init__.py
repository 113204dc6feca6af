"""What a night and its readers cost on AWS: list prices times quantities that we counted."""
