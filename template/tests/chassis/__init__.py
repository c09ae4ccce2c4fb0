"""What proves the chassis, and what attacks every route of yours. The template keeps it."""
