package understand

// IntentNames are the intents that the reader can find, in name order.
func (r *Reader) IntentNames() []string { return r.intents.Labels() }
