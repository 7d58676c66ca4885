package understand

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// noIntent is the label that says: none of the known intents.
const noIntent = "none"

// unknownIntent is what stands for no intent where an empty name means any.
const unknownIntent = "unknown"

// Origins of labels: a person came across the contact, or checked it as one of a
// random sample.
const (
	FromConsole = "console"
	FromSample  = "sample"
)

// labelsMost bounds how many labels figures are made of, the newest ones.
const labelsMost = 20_000

// Verdict is what people say that a contact is about, with what the program read.
type Verdict struct {
	ID          crm.ID
	Interaction crm.ID
	Profile     crm.ID
	Sampled     bool   // it was drawn at random, not come across
	Source      string // that the contact came through
	ReadAs      string // '' unknown
	Confidence  int64  // in parts of 10,000
	Intent      string // "none": none of the known ones
	Author      string
	At          time.Time
}

// Right reports whether the program read what people say. An intent that was
// merged since counts as the one that took its place.
func (v *Verdict) Right(t *FirmTaxonomy) bool {
	return SameIntent(t, v.ReadAs, v.Intent)
}

// SameIntent reports whether two labels mean the same today; none of the known
// intents and unknown are the same.
func SameIntent(t *FirmTaxonomy, a, b string) bool { return today(t, a) == today(t, b) }

// today is an intent as it is called now: ” for none and unknown.
func today(t *FirmTaxonomy, intent string) string {
	if intent == "" || intent == noIntent || intent == unknownIntent {
		return ""
	}
	if target := t.Target(intent); target != "" {
		return target
	}
	return intent // put away; it was meant all the same
}

// Verdicts are the newest labels of contacts since a time, one a contact, the
// newest first. cut: there are more than the 20,000 that were read.
func Verdicts(ctx context.Context, q *sqlgen.Queries, since time.Time) (out []Verdict, cut bool, err error) {
	rows, err := q.LabelsSince(ctx, sqlgen.LabelsSinceParams{Since: crm.Micros(since), N: labelsMost})
	if err != nil {
		return nil, false, fmt.Errorf("read what people said: %w", err)
	}
	at := map[crm.ID]int{}
	before := map[crm.ID]int64{} // readings: of two labels of one moment the later one has more before it
	for _, r := range rows {
		n, ok := at[r.InteractionID]
		if !ok {
			n = len(out)
			at[r.InteractionID] = n
			out = append(out, Verdict{})
		}
		// Also a contact of the sample that somebody corrected later was drawn at random.
		sampled := out[n].Sampled || r.Origin == FromSample
		if v := crm.FromMicros(r.At); !ok || v.Equal(out[n].At) && r.Before > before[r.InteractionID] {
			before[r.InteractionID] = r.Before
			out[n] = Verdict{ID: r.ID, Interaction: r.InteractionID, Profile: r.ProfileID, Source: r.Source, ReadAs: r.ReadAs, Confidence: r.Confidence,
				Intent: r.Intent, Author: r.Author, At: v}
		}
		out[n].Sampled = sampled
	}
	slices.SortFunc(out, func(a, b Verdict) int { return cmp.Or(b.At.Compare(a.At), b.ID.Compare(a.ID)) })
	return out, len(rows) == labelsMost, nil
}

// ShareRight is how many of N are right, with the 95 % interval of the share.
type ShareRight struct {
	N     int     `json:"n"`
	Right int     `json:"right"`
	Low   float64 `json:"low" doc:"95 % interval of right of n (Wilson)"`
	High  float64 `json:"high"`
}

func (s *ShareRight) add(right bool) {
	s.N++
	s.Right += count(right)
}

func (s *ShareRight) finish() { s.Low, s.High = eval.Wilson(float64(s.Right), float64(s.N)) }

// IntentRight is how well one intent is read.
type IntentRight struct {
	Intent string
	ShareRight
}

// Mistaken is an intent that was read where people say another one; ” is
// unknown, or none of the known intents.
type Mistaken struct {
	ReadAs, Intent string
	N              int
}

// Judged are the figures of labels.
type Judged struct {
	All     ShareRight    // contacts, also those that were not read
	Read    ShareRight    // contacts that were read as some intent: precision
	Unknown ShareRight    // contacts that were not read; right: people know no intent for it either
	Intents []IntentRight // the most frequent first
	Pairs   []Mistaken    // the most frequent first
}

// Judge makes figures of labels.
func Judge(t *FirmTaxonomy, verdicts []Verdict) Judged {
	var j Judged
	intents := map[string]*IntentRight{}
	pairs := map[[2]string]int{}
	for i := range verdicts {
		v := &verdicts[i]
		read, said := today(t, v.ReadAs), today(t, v.Intent)
		right := read == said
		j.All.add(right)
		if read == "" {
			j.Unknown.add(right)
		} else {
			j.Read.add(right)
			if intents[read] == nil {
				intents[read] = &IntentRight{Intent: read}
			}
			intents[read].add(right)
		}
		if !right {
			pairs[[2]string{read, said}]++
		}
	}
	for _, s := range []*ShareRight{&j.All, &j.Read, &j.Unknown} {
		s.finish()
	}
	for _, x := range intents {
		x.finish()
		j.Intents = append(j.Intents, *x)
	}
	for p, n := range pairs {
		j.Pairs = append(j.Pairs, Mistaken{p[0], p[1], n})
	}
	slices.SortFunc(j.Intents, func(a, b IntentRight) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Intent, b.Intent)) })
	slices.SortFunc(j.Pairs, func(a, b Mistaken) int {
		return cmp.Or(b.N-a.N, cmp.Compare(a.ReadAs, b.ReadAs), cmp.Compare(a.Intent, b.Intent))
	})
	return j
}
