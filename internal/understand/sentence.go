package understand

// sentence is a span of the full text that a reader would take as one.
type sentence struct {
	from, to int
	question bool // ends with a question mark
}
