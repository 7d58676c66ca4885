package demo_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/demo"
)

// TestWorkIsTheSameEachTime gives the colleagues two hundred conversations.
func TestWorkIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	known := map[string]bool{demo.You: true}
	for _, c := range demo.Colleagues {
		known[c.Key] = true
	}
	tags := map[string]bool{}
	for _, tag := range demo.Tags {
		tags[tag[0]] = true
	}
	var found []demo.Found
	open := 0
	for n := range 200 {
		f := demo.Found{ID: crm.DerivedID(now, fmt.Sprint(n)), Status: []string{"todo", "waiting", "done"}[n%3], Intent: []string{"invoice_question", "outage", "cancel_contract"}[n/7%3],
			Channel: []crm.Channel{crm.Mail, crm.Chat, crm.Review}[n/5%3], Selling: n%11 == 0, LastAt: now.Add(-time.Duration(n) * 3 * time.Hour)}
		if f.Status != "done" {
			open++
		}
		found = append(found, f)
	}
	acts := demo.Work(now, found)
	if !reflect.DeepEqual(acts, demo.Work(now, found)) {
		t.Error("the second telling differs")
	}
	kinds := map[string]int{}
	var last time.Time
	for _, a := range acts {
		if a.At.After(now) || a.At.Before(last) || !known[a.By] || a.Assignee != "" && !known[a.Assignee] || a.Tag != "" && !tags[a.Tag] || len(a.IDs) == 0 {
			t.Errorf("%+v", a)
		}
		if !a.Until.IsZero() && !a.Until.After(now) {
			t.Errorf("put aside until a time that has passed: %+v", a)
		}
		last = a.At
		switch {
		case a.Note != "":
			kinds["note"]++
		case a.Draft != "":
			kinds["draft"]++
		case !a.Until.IsZero():
			kinds["snoozed"]++
		case a.Status != "":
			kinds[a.Status] += len(a.IDs)
		case a.Assignee != "":
			kinds["assigned"]++
		}
	}
	for _, kind := range []string{"note", "draft", "snoozed", "done", "ignored", "assigned"} {
		if kinds[kind] == 0 {
			t.Errorf("nobody did %s: %v", kind, kinds)
		}
	}
	if kinds["done"] >= open {
		t.Errorf("%d of %d were closed: something must be left to do", kinds["done"], open)
	}
}
