package understand

//go:generate go run ./models/gen -out models
