// Starts the page for a projector: the picture of the network alone.
