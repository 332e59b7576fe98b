"""What lies on the seat: bodies, foam and sensors in numbers, people with habits, or a recorded trace."""
