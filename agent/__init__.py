"""The display in the car: it feels, knows the car, chooses the page and reports."""
