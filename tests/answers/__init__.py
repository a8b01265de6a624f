"""What a model of each method would say: for the fake server, drawn by the hash of the request's body."""
