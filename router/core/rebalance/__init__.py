"""Plan how to spread people and shares over the lines of a pool. Pure: a plan changes nothing."""
