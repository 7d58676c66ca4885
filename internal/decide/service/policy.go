package service

import (
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Conditions choose the cases that a policy is for; an empty list fits all.
type Conditions struct {
	Inboxes    []crm.ID      `json:"inboxes,omitempty"`
	Channels   []crm.Channel `json:"channels,omitempty"`
	Priorities []int64       `json:"priorities,omitempty"`
}

// Targets are how long an answer may take, in minutes; 0: no target.
type Targets struct {
	First     int  `json:"first_min" minimum:"0" maximum:"525600" doc:"Until the first answer by a person"`
	Next      int  `json:"next_min" minimum:"0" maximum:"525600" doc:"Until each further answer"`
	Resolve   int  `json:"resolve_min" minimum:"0" maximum:"525600" doc:"Until it is done; rests while we wait for the customer"`
	Calendar  bool `json:"calendar" doc:"Count every hour, not opening hours only"`
	Warn      int  `json:"warn_min" minimum:"0" maximum:"10080" doc:"Warn so many minutes before"`
	Escalate  bool `json:"escalate" doc:"At the breach, raise the priority to urgent"`
	ToTheLead bool `json:"to_lead" doc:"At the breach, hand it to a lead of its team"`
}

// Policy is a service level.
type Policy struct {
	ID         crm.ID     `json:"id"`
	Name       string     `json:"name"`
	Place      int64      `json:"place" doc:"The first one that fits counts"`
	Conditions Conditions `json:"conditions"`
	Targets    Targets    `json:"targets"`
}

// Check refuses what can't be meant.
func (p *Policy) Check() error {
	t := &p.Targets
	for pointer, n := range map[string]int{"/targets/first_min": t.First, "/targets/next_min": t.Next, "/targets/resolve_min": t.Resolve, "/targets/warn_min": t.Warn} {
		if n < 0 || n > 525600 {
			return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: "Minutes from 0 to 525,600, which is a year."}
		}
	}
	return nil
}

// Fits reports whether the policy is for such a case.
func (c *Conditions) Fits(inbox crm.ID, channel crm.Channel, priority int64) bool {
	return (len(c.Inboxes) == 0 || slices.Contains(c.Inboxes, inbox)) && (len(c.Channels) == 0 || slices.Contains(c.Channels, channel)) &&
		(len(c.Priorities) == 0 || slices.Contains(c.Priorities, priority))
}

// Clock are the targets of one case: zero times don't run.
type Clock struct {
	FirstDue, NextDue, ResolveDue time.Time
	ResolveLeft                   time.Duration // of a resting resolve target; zero: none rests
}

// Asked starts what runs when the customer speaks and waits: the first answer,
// or the next one, and the resolution that rested or was not begun.
func (c *Clock) Asked(t *Targets, s *Schedule, at time.Time, answered bool) {
	if t.Calendar {
		s = Always()
	}
	due := func(minutes int) time.Time {
		if minutes == 0 {
			return time.Time{}
		}
		at, _ := s.Add(at, time.Duration(minutes)*time.Minute) // never open: no target
		return at
	}
	switch {
	case !answered && c.FirstDue.IsZero():
		c.FirstDue = due(t.First)
	case answered && c.NextDue.IsZero():
		c.NextDue = due(t.Next)
	}
	if !c.ResolveDue.IsZero() {
		return
	}
	if left := c.ResolveLeft; left != 0 {
		c.ResolveDue, _ = s.Add(at, left)
		if left < 0 {
			c.ResolveDue = at.Add(left) // it was late when it came to rest
		}
		c.ResolveLeft = 0
		return
	}
	c.ResolveDue = due(t.Resolve)
}

// Answered ends what waited for an answer and lets the resolution rest.
func (c *Clock) Answered(t *Targets, s *Schedule, at time.Time) {
	if t.Calendar {
		s = Always()
	}
	c.FirstDue, c.NextDue = time.Time{}, time.Time{}
	c.rest(s, at)
}

func (c *Clock) rest(s *Schedule, at time.Time) {
	if c.ResolveDue.IsZero() {
		return
	}
	c.ResolveLeft = s.Between(at, c.ResolveDue)
	if c.ResolveLeft == 0 {
		c.ResolveLeft = -1 // due at this very moment, which is not "none"
	}
	c.ResolveDue = time.Time{}
}

// Due is the nearest of the running targets and its kind: first, next, resolve;
// "" when none runs.
func (c *Clock) Due() (at time.Time, kind string) {
	for _, d := range []struct {
		at   time.Time
		kind string
	}{{c.FirstDue, "first"}, {c.NextDue, "next"}, {c.ResolveDue, "resolve"}} {
		if !d.at.IsZero() && (at.IsZero() || d.at.Before(at)) {
			at, kind = d.at, d.kind
		}
	}
	return at, kind
}

// WarnAt is when people are warned of the nearest target: the policy's minutes of
// open time before it. Zero: nothing runs, or nobody wants to be warned.
func (c *Clock) WarnAt(t *Targets, s *Schedule) time.Time {
	due, _ := c.Due()
	if due.IsZero() || t.Warn == 0 {
		return time.Time{}
	}
	if t.Calendar {
		s = Always()
	}
	return s.Before(due, time.Duration(t.Warn)*time.Minute)
}

// Left is the open time until the nearest target, negative when it is late, and
// its kind; "" when none runs.
func (c *Clock) Left(t *Targets, s *Schedule, now time.Time) (left time.Duration, kind string) {
	due, kind := c.Due()
	if kind == "" {
		return 0, ""
	}
	if t.Calendar {
		s = Always()
	}
	return s.Between(now, due), kind
}

// Retarget gives a case the targets of another policy: answers are due from when
// the customer began to wait; the time to resolve goes on as it ran, unless the
// new policy has none. waiting is zero when nobody waits.
func (c *Clock) Retarget(t *Targets, s *Schedule, waiting time.Time, answered bool) {
	c.FirstDue, c.NextDue = time.Time{}, time.Time{}
	if t.Resolve == 0 {
		c.ResolveDue, c.ResolveLeft = time.Time{}, 0
	}
	if !waiting.IsZero() {
		c.Asked(t, s, waiting, answered)
	}
}
