"""What `bin/bench --growth` measures and draws."""
