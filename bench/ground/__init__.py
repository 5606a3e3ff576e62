"""What the benchmarks of the doors stand on: servers, load, CPU from /proc, a way to tell it."""
