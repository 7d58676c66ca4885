package understand

import "testing"

func TestRulesParse(t *testing.T) {
	if len(rules().rules) < 100 {
		t.Error(len(rules().rules))
	}
}
