"""What the network says of a picture, wherever it is said."""
