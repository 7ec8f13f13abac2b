"""The parts of the made world, a subject each: `make(world)` adds its things."""
