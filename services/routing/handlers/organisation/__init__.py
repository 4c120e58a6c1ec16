"""Loading and changing the organisation; absences."""
