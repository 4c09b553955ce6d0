"""Rules about capacity: how many people lines can carry, and how many lines a pool needs."""
