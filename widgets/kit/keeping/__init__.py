"""Fields that remember by themselves what the user made of them."""
