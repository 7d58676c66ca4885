package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// starters are the macros that a new firm finds as examples.
var starters = []Macro{
	{Name: "We are looking into it", HTML: "<p>Hello {{customer.first_name}},</p><p>thank you for your message. I am looking into it and will write to you again by tomorrow.</p><p>{{agent.first_name}}</p>",
		Actions: MacroActions{Assignee: "me"}},
	{Name: "Solved: is all well?", HTML: "<p>Hello {{customer.first_name}},</p><p>this should be solved now. If it is not, just reply to this message and I will have another look.</p><p>{{agent.first_name}}</p>",
		Actions: MacroActions{Status: Done}},
}

// Begin makes what a new firm starts with, where there is no schedule yet: office
// hours in its zone, a service level and two macros. What was removed later stays
// removed. The ids are the same on every node: of two that start at once, one
// makes each.
func (s *Service) Begin(ctx context.Context, zone string) error {
	x, err := s.rules(ctx)
	if err != nil || len(x.schedules) > 0 {
		return err
	}
	office := Hours{Name: "Office hours", Schedule: service.Schedule{Zone: zone}}
	for d := range 5 {
		office.Hours[d] = []service.OpenSpan{{From: 9 * 60, To: 17 * 60}}
	}
	office.ID = starterID("schedule", "first")
	if len(x.policies) == 0 {
		p := service.Policy{ID: starterID("policy", "first"), Name: "Standard", Place: 100,
			Targets: service.Targets{First: 4 * 60, Next: 8 * 60, Resolve: 3 * 8 * 60, Warn: 60}}
		if _, err := s.PutPolicy(ctx, p); err != nil {
			return err
		}
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		for _, m := range starters {
			content, err := json.Marshal(macroContent{m.HTML, m.Actions})
			if err != nil {
				return err
			}
			if err := tx.PutMacro(ctx, sqlgen.PutMacroParams{ID: starterID("macro", m.Name), Name: m.Name, Content: string(content),
				UpdatedAt: crm.Micros(s.clock())}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// The schedule comes last: it says that the rest is there.
	_, err = s.PutHours(ctx, office)
	return err
}

func starterID(kind, name string) crm.ID { return crm.DerivedID(time.Unix(0, 0), kind, name) }
