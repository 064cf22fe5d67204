"""Floor 2: who may do what in which workspace, and the machinery that every room above leans on."""
