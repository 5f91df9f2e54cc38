"""From Result and Listing to what a person reads; the only home of plotting and Word."""
