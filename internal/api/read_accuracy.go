package api

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// Of a report.
const (
	pairsShown  = 50
	shiftsShown = 12
)

// verdicts are the labels that figures are made of: what the caller may see.
type verdicts struct {
	chosen            []understand.Verdict
	of                string
	sampled, labelled int
	cut               bool
}

func (s *server) verdicts(ctx context.Context, in *AccuracyQuery) (verdicts, error) {
	all, cut, err := understand.Verdicts(ctx, s.DB.Read(), s.Clock().AddDate(0, 0, -in.Days))
	if err != nil {
		return verdicts{}, err
	}
	all = slices.DeleteFunc(all, func(v understand.Verdict) bool { return !access.CanSource(ctx, v.Source) })
	sampled := slices.DeleteFunc(slices.Clone(all), func(v understand.Verdict) bool { return !v.Sampled })
	out := verdicts{chosen: all, of: "all", sampled: len(sampled), labelled: len(all), cut: cut}
	if in.Of == "sample" || in.Of == "" && len(sampled) > 0 {
		out.chosen, out.of = sampled, "sample"
	}
	return out, nil
}

func (s *server) accuracy(ctx context.Context, in *AccuracyQuery, span int) (AccuracyReport, error) {
	v, err := s.verdicts(ctx, in)
	if err != nil {
		return AccuracyReport{}, err
	}
	t := s.read.taxonomy()
	out := AccuracyReport{Days: in.Days, Of: v.of, Sampled: v.sampled, Labelled: v.labelled, Cut: v.cut, Judged: judgedFigures(t, v.chosen), Weeks: []ReadingWeek{}}
	now := s.Clock()
	weeks, counting, err := understand.Counted(ctx, s.DB, now)
	if err != nil {
		return out, err
	}
	out.Counting = counting
	for _, w := range weeks {
		if w.Looked == 0 && len(out.Weeks) == 0 {
			continue // before the first contact
		}
		out.Weeks = append(out.Weeks, readingWeek(w, now))
	}
	if d := understand.DriftOf(t, weeks, span, now); d != nil {
		out.Drift = mixDrift(t, d, span)
		out.Drift.Trained, err = s.trainedBetween(ctx, d.From, d.To)
	}
	return out, err
}

func judgedFigures(t *understand.FirmTaxonomy, chosen []understand.Verdict) JudgedFigures {
	j := understand.Judge(t, chosen)
	out := JudgedFigures{All: j.All, Read: j.Read, Unknown: j.Unknown, Intents: []IntentPrecision{}, Pairs: []Confusion{}}
	for _, x := range j.Intents {
		out.Intents = append(out.Intents, IntentPrecision{x.Intent, t.Label(x.Intent), x.ShareRight})
	}
	for _, p := range j.Pairs[:min(len(j.Pairs), pairsShown)] {
		out.Pairs = append(out.Pairs, Confusion{p.ReadAs, t.Label(p.ReadAs), p.Intent, t.Label(p.Intent), p.N})
	}
	return out
}

func readingWeek(w understand.Week, now time.Time) ReadingWeek {
	out := ReadingWeek{From: w.From.Format(time.DateOnly), Contacts: w.Contacts, Looked: w.Looked, High: 1, Over: !now.Before(w.From.AddDate(0, 0, 7))}
	if w.Looked > 0 {
		out.Read = float64(w.Looked-w.Unknown) / float64(w.Looked)
		out.Labelled = float64(w.Labelled) / float64(w.Looked)
		out.Low, out.High = eval.Wilson(out.Read*float64(w.Customers), float64(w.Customers))
	}
	return out
}

func mixDrift(t *understand.FirmTaxonomy, d *understand.Drift, span int) *MixDrift {
	shift := func(x understand.IntentShift) MixShift {
		return MixShift{x.Intent, t.Label(x.Intent), x.Before, x.After, x.Low, x.High, x.Changed}
	}
	out := &MixDrift{Span: span, From: d.From.Format(time.DateOnly), Middle: d.Middle.Format(time.DateOnly), To: d.To.Format(time.DateOnly), Before: d.Before, After: d.After,
		CustomersBefore: d.Customers[0], CustomersAfter: d.Customers[1], Level: d.Level, Index: d.Index, Chance: d.Chance, Unknown: shift(d.Unknown), Intents: []MixShift{}}
	for n, x := range d.Intents {
		if n < shiftsShown || x.Changed {
			out.Intents = append(out.Intents, shift(x))
		}
	}
	return out
}

// trainedBetween reports whether a model came into use in a time: then more than
// customers may have changed.
func (s *server) trainedBetween(ctx context.Context, from, to time.Time) (bool, error) {
	models, err := s.DB.Read().Models(ctx, "intents")
	return slices.ContainsFunc(models, func(m sqlgen.ModelsRow) bool { return m.At >= crm.Micros(from) && m.At < crm.Micros(to) }), err
}

// judgedFilter says which judged contacts are meant.
type judgedFilter struct {
	readAs, intent string
	wrong          bool
}

// judgedContacts reads a page of the contacts behind a figure.
func (s *server) judgedContacts(ctx context.Context, in *AccuracyQuery, f judgedFilter, limit int, at string) (Page[JudgedContact], error) {
	out := Page[JudgedContact]{Items: []JudgedContact{}}
	from, err := after(at, newest(listJudged))
	if err != nil {
		return out, err
	}
	v, err := s.verdicts(ctx, in)
	if err != nil {
		return out, err
	}
	t := s.read.taxonomy()
	rows := slices.DeleteFunc(v.chosen, func(v understand.Verdict) bool {
		return !less(crm.Micros(v.At), v.ID, from.n, from.id) || f.wrong && v.Right(t) ||
			f.readAs != "" && !understand.SameIntent(t, v.ReadAs, f.readAs) || f.intent != "" && !understand.SameIntent(t, v.Intent, f.intent)
	})
	rows = rows[:min(len(rows), limit+1)]
	rows, out.Next = page(rows, limit, func(v understand.Verdict) cursor { return cursor{listJudged, crm.Micros(v.At), v.ID} })
	texts, err := store.ByKeys(ctx, s.DB.Read().TextsOfContacts, convert(rows, func(v understand.Verdict) store.Key { return store.RowKey(v.Interaction) }))
	if err != nil {
		return out, err
	}
	byID := map[crm.ID]*sqlgen.TextsOfContactsRow{}
	for i := range texts {
		byID[texts[i].ID] = &texts[i]
	}
	for _, v := range rows {
		if x := byID[v.Interaction]; x != nil { // else it was erased
			out.Items = append(out.Items, JudgedContact{ID: v.ID, InteractionID: v.Interaction, ConversationID: x.ConversationID, Channel: crm.Channel(x.Channel), OccurredAt: crm.FromMicros(x.OccurredAt),
				Text: store.Clean(crm.ReadingText(x.Subject, x.Text), 400), ReadAs: v.ReadAs, Intent: v.Intent, Confidence: float64(v.Confidence) / 10_000, Sampled: v.Sampled,
				Author: v.Author, At: v.At})
		}
	}
	return out, nil
}

// sample reads the newest sample. What is the business of others is left out, as
// is what was erased.
func (s *server) sample(ctx context.Context) (ReadingSample, error) {
	out := ReadingSample{Items: []SampledContact{}, Due: true}
	sample, err := understand.NewestSample(ctx, s.DB.Read())
	if sample == nil || err != nil {
		return out, err
	}
	out.At, out.Author, out.From, out.To, out.Contacts, out.Next = sample.At, sample.Author, sample.Since, sample.Until, sample.Contacts, sample.NextSample()
	out.Due = !s.Clock().Before(out.Next)
	t := s.read.taxonomy()
	for _, x := range sample.Items {
		if !access.CanSource(ctx, x.Source) {
			continue
		}
		item := SampledContact{InteractionID: x.InteractionID, ConversationID: x.ConversationID, Channel: crm.Channel(x.Channel), OccurredAt: crm.FromMicros(x.OccurredAt),
			Subject: store.Clean(x.Subject, 400), Text: store.Clean(x.Text, 4000), ReadAs: x.ReadAs, ReadAsLabel: t.Label(x.ReadAs), Known: x.ReadAs == "" || t.Target(x.ReadAs) != "",
			Confidence: float64(x.Confidence) / 10_000, State: x.State, Said: x.Said, Author: x.Author}
		if x.Said != flow.None {
			item.SaidLabel = t.Label(x.Said)
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
