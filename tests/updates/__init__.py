"""Updates: projects of every release become what the working tree renders, and lose nothing."""
