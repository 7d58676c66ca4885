package understand

import "slices"

// IntentNames are the intents that a person can choose, in name order: those
// that the model can find under the firm's taxonomy, and the firm's own that no
// training has seen yet.
func (r *Reader) IntentNames() []string {
	if r.taxonomy == nil {
		return r.intents.Labels()
	}
	var names []string
	for _, l := range r.intents.linear.labels {
		if t := r.taxonomy.Target(l); t != "" {
			names = append(names, t)
		}
	}
	for i := range r.taxonomy.states {
		if s := &r.taxonomy.states[i]; s.Active() {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
