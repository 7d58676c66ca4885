package understand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// OriginIntent marks an example that somebody gave an intent in the settings.
const OriginIntent = "intent"

// kindUndone is the entry of the history that tells of a change taken back.
const kindUndone = "undone"

// minExamples is how many examples a new intent needs.
const minExamples = 3

// LoadTaxonomy reads what the firm made of the intents.
func LoadTaxonomy(ctx context.Context, q *sqlgen.Queries) (*FirmTaxonomy, error) {
	packs, err := q.IntentPacks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the chosen packs: %w", err)
	}
	rows, err := q.IntentRows(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the intents: %w", err)
	}
	out := make([]IntentRow, len(rows))
	for i, r := range rows {
		out[i] = IntentRow(r)
	}
	return NewTaxonomy(packs, out), nil
}

// Editor changes the taxonomy in the caller's transaction. Each method is one
// change: it is written to the history with everything that taking it back
// needs.
type Editor struct {
	tx     *store.Tx
	now    time.Time
	author string
	t      *FirmTaxonomy
	detail changeDetail

	contacts map[string]crm.ID // where texts come from, of a proposal
}

// changeDetail is what a change did: rows and examples before and after. A row
// or example that was not there before, or is not there after, is left out of
// that list.
type changeDetail struct {
	Text    string           `json:"text"`
	Names   []string         `json:"names"` // intents that it touched
	Rows    []IntentRow      `json:"rows,omitempty"`
	Made    []string         `json:"made,omitempty"` // rows that were not there before
	Removed []sqlgen.Example `json:"removed,omitempty"`
	Added   []crm.ID         `json:"added,omitempty"`
	Packs   *[]string        `json:"packs,omitempty"` // before
}

// NewEditor begins a change by the author.
func NewEditor(ctx context.Context, tx *store.Tx, now time.Time, author string) (*Editor, error) {
	t, err := LoadTaxonomy(ctx, tx.Queries)
	if err != nil {
		return nil, err
	}
	return &Editor{tx: tx, now: now, author: author, t: t}, nil
}

func (e *Editor) get(name string) (IntentState, error) {
	s, ok := e.t.Get(name)
	if !ok {
		return s, crm.Errorf(crm.NotFound, "There is no such intent.")
	}
	return s, nil
}

// put writes a row and remembers the one before.
func (e *Editor) put(ctx context.Context, r IntentRow) error {
	rows, err := e.tx.IntentRows(ctx)
	if err != nil {
		return err
	}
	if n := slices.IndexFunc(rows, func(old sqlgen.Intent) bool { return old.Name == r.Name }); n >= 0 {
		e.detail.Rows = append(e.detail.Rows, IntentRow(rows[n]))
	} else {
		e.detail.Made = append(e.detail.Made, r.Name)
	}
	return e.tx.PutIntentRow(ctx, sqlgen.PutIntentRowParams(r))
}

func rowOf(s IntentState) IntentRow {
	return IntentRow{Name: s.Name, Label: s.Label, Description: s.Description, Own: s.Own, Retired: s.Retired, MergedInto: s.MergedInto}
}

// finish writes the history.
func (e *Editor) finish(ctx context.Context, kind, name, text string, names ...string) error {
	e.detail.Text, e.detail.Names = text, append(names, name)
	data, err := json.Marshal(e.detail)
	if err != nil {
		return err
	}
	return e.tx.AddIntentChange(ctx, sqlgen.AddIntentChangeParams{ID: crm.NewID(e.now), At: crm.Micros(e.now), Author: e.author, Kind: kind, Name: name, Detail: string(data)})
}

// Train asks for a training in the background. A second call while one waits
// changes nothing; while one runs it runs once more.
func Train(ctx context.Context, tx *store.Tx, now time.Time) error {
	return jobs.Add(ctx, tx, now, jobs.Job{Kind: RefitJob, Key: "intents"})
}

// label checks a name that people gave.
func (e *Editor) label(name, label string) (string, error) {
	label = strings.Join(strings.Fields(label), " ")
	switch {
	case label == "":
		return "", &crm.Error{Code: crm.Invalid, Pointer: "/label", Message: "Give the intent a name."}
	case utf8.RuneCountInString(label) > 60:
		return "", &crm.Error{Code: crm.Invalid, Pointer: "/label", Message: "The name is longer than 60 characters."}
	}
	for _, s := range e.t.All() {
		if s.Active() && s.Name != name && strings.EqualFold(s.Label, label) {
			return "", &crm.Error{Code: crm.Conflict, Pointer: "/label", Message: "There is an intent of that name already."}
		}
	}
	return label, nil
}

// clean trims examples, and refuses too many or too long ones.
func clean(texts []string) ([]string, error) {
	var out []string
	for _, text := range texts {
		text = store.Clean(strings.TrimSpace(text), 4000)
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) > 200 {
		return nil, &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: "At most 200 examples at once."}
	}
	return out, nil
}

// add stores examples. The same text as an own example of another intent moves.
func (e *Editor) add(ctx context.Context, name string, texts []string) error {
	for _, text := range texts {
		id := crm.DerivedID(time.UnixMilli(0), "intent example", text)
		old, err := e.tx.Examples(ctx)
		if err != nil {
			return err
		}
		if n := slices.IndexFunc(old, func(x sqlgen.Example) bool { return x.ID == id }); n >= 0 {
			if old[n].Intent == name {
				continue
			}
			e.detail.Removed = append(e.detail.Removed, old[n])
		} else {
			e.detail.Added = append(e.detail.Added, id)
		}
		if err := e.tx.AddExample(ctx, sqlgen.AddExampleParams{ID: id, Text: text, Intent: name, Origin: OriginIntent, InteractionID: e.contacts[text], Author: e.author, At: crm.Micros(e.now)}); err != nil {
			return err
		}
	}
	return nil
}

// Create makes an intent of the firm's own from a name and at least three
// examples, and returns its key.
func (e *Editor) Create(ctx context.Context, label, description string, texts []string) (string, error) {
	label, err := e.label("", label)
	if err != nil {
		return "", err
	}
	if texts, err = clean(texts); err != nil {
		return "", err
	}
	if len(texts) < minExamples {
		return "", &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: "Give at least three different examples, as customers write them."}
	}
	name := e.t.KeyOf(label)
	if err := e.put(ctx, IntentRow{Name: name, Label: label, Description: store.Clean(description, 300), Own: true}); err != nil {
		return "", err
	}
	if err := e.add(ctx, name, texts); err != nil {
		return "", err
	}
	return name, e.finish(ctx, "created", name, fmt.Sprintf("“%s” with %d examples", label, len(texts)))
}

// Rename gives an intent another name or description; its key stays.
func (e *Editor) Rename(ctx context.Context, name, label, description string) error {
	s, err := e.get(name)
	if err != nil {
		return err
	}
	old := s.Label
	if s.Label, err = e.label(name, label); err != nil {
		return err
	}
	s.Description = store.Clean(description, 300)
	if err := e.put(ctx, rowOf(s)); err != nil {
		return err
	}
	return e.finish(ctx, "renamed", name, fmt.Sprintf("“%s” to “%s”", old, s.Label))
}

// AddExamples gives an intent more examples.
func (e *Editor) AddExamples(ctx context.Context, name string, texts []string) error {
	s, err := e.get(name)
	if err != nil {
		return err
	}
	if texts, err = clean(texts); err != nil {
		return err
	}
	if len(texts) == 0 {
		return &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: "Write at least one example."}
	}
	if err := e.add(ctx, name, texts); err != nil {
		return err
	}
	return e.finish(ctx, "examples_added", name, fmt.Sprintf("%d for “%s”", len(texts), s.Label))
}

// RemoveExample takes one example of the firm's own away.
func (e *Editor) RemoveExample(ctx context.Context, name string, id crm.ID) error {
	s, err := e.get(name)
	if err != nil {
		return err
	}
	rows, err := e.tx.Examples(ctx)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(rows, func(x sqlgen.Example) bool { return x.ID == id && x.Intent == name && x.Origin == OriginIntent })
	if n < 0 {
		return crm.Errorf(crm.NotFound, "There is no such example.")
	}
	e.detail.Removed = append(e.detail.Removed, rows[n])
	if err := e.tx.DropExample(ctx, id); err != nil {
		return err
	}
	return e.finish(ctx, "example_removed", name, fmt.Sprintf("one of “%s”", s.Label))
}

// Merge puts an intent into another one: its corrections, readings and examples
// count as that one's from now on. No row of them is changed.
func (e *Editor) Merge(ctx context.Context, name, into string) error {
	s, err := e.get(name)
	if err != nil {
		return err
	}
	to, err := e.get(into)
	if err != nil {
		return err
	}
	if s.MergedInto != "" || !s.Active() {
		return crm.Errorf(crm.Conflict, "This intent is not in use.")
	}
	if !to.Active() || into == name {
		return &crm.Error{Code: crm.Invalid, Pointer: "/into", Message: "Choose another intent that is in use."}
	}
	s.MergedInto = into
	if err := e.put(ctx, rowOf(s)); err != nil {
		return err
	}
	return e.finish(ctx, "merged", name, fmt.Sprintf("“%s” into “%s”", s.Label, to.Label), into)
}

// Retire puts an intent away, or takes it into use again.
func (e *Editor) Retire(ctx context.Context, name string, retired bool) error {
	s, err := e.get(name)
	if err != nil {
		return err
	}
	if s.MergedInto != "" {
		return crm.Errorf(crm.Conflict, "This intent was merged. Take the merge back first.")
	}
	if s.Retired == retired {
		return nil
	}
	s.Retired = retired
	if err := e.put(ctx, rowOf(s)); err != nil {
		return err
	}
	kind := "restored"
	if retired {
		kind = "retired"
	}
	return e.finish(ctx, kind, name, fmt.Sprintf("“%s”", s.Label))
}

// Split makes a new intent of some examples of another one; built-in ones among
// them become the firm's own under the new name.
func (e *Editor) Split(ctx context.Context, name, label, description string, texts []string) (string, error) {
	s, err := e.get(name)
	if err != nil {
		return "", err
	}
	all, err := ExamplesOf(ctx, e.tx.Queries, e.t, name)
	if err != nil {
		return "", err
	}
	if texts, err = clean(texts); err != nil {
		return "", err
	}
	for _, text := range texts {
		if !slices.ContainsFunc(all, func(x IntentExample) bool { return x.Text == text }) {
			return "", &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: "Choose among the examples of this intent."}
		}
	}
	if len(texts) < minExamples || len(all)-len(texts) < minExamples {
		return "", &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: "Both intents need at least three examples."}
	}
	if label, err = e.label("", label); err != nil {
		return "", err
	}
	made := e.t.KeyOf(label)
	if err := e.put(ctx, IntentRow{Name: made, Label: label, Description: store.Clean(description, 300), Own: true}); err != nil {
		return "", err
	}
	if err := e.add(ctx, made, texts); err != nil {
		return "", err
	}
	return made, e.finish(ctx, "split", made, fmt.Sprintf("“%s” out of “%s”, %d examples", label, s.Label, len(texts)), name)
}

// Choose sets the starter packs that are in use.
func (e *Editor) Choose(ctx context.Context, packs []string) error {
	slices.Sort(packs)
	packs = slices.Compact(packs)
	for _, p := range packs {
		if !KnownPack(p) {
			return &crm.Error{Code: crm.Invalid, Pointer: "/packs", Message: "There is no such starter pack."}
		}
	}
	if len(packs) == 0 {
		return &crm.Error{Code: crm.Invalid, Pointer: "/packs", Message: "Choose at least one starter pack."}
	}
	before := append([]string{}, e.t.Packs...)
	e.detail.Packs = &before
	if err := e.setPacks(ctx, packs); err != nil {
		return err
	}
	return e.finish(ctx, "packs", "", strings.Join(packs, ", "))
}

func (e *Editor) setPacks(ctx context.Context, packs []string) error {
	if err := e.tx.ClearIntentPacks(ctx); err != nil {
		return err
	}
	for _, p := range packs {
		if err := e.tx.AddIntentPack(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// Undo takes a change back: exactly, or not at all when a later change touched
// the same intents.
func (e *Editor) Undo(ctx context.Context, id crm.ID) error {
	changes, err := e.tx.IntentChanges(ctx)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(changes, func(c sqlgen.IntentChange) bool { return c.ID == id })
	if n < 0 {
		return crm.Errorf(crm.NotFound, "There is no such change.")
	}
	if changes[n].Kind == kindUndone {
		return crm.Errorf(crm.Conflict, "This took a change back. Make that change again instead.")
	}
	var d changeDetail
	if err := json.Unmarshal([]byte(changes[n].Detail), &d); err != nil {
		return err
	}
	for _, later := range changes[:n] {
		var l changeDetail
		if err := json.Unmarshal([]byte(later.Detail), &l); err != nil {
			return err
		}
		if !later.Undone && slices.ContainsFunc(l.Names, func(name string) bool { return slices.Contains(d.Names, name) }) {
			return crm.Errorf(crm.Conflict, "A later change touches the same intent. Take that one back first.")
		}
	}
	marked, err := e.tx.UndoIntentChange(ctx, id)
	if err != nil {
		return err
	}
	if marked == 0 {
		return crm.Errorf(crm.Conflict, "This change was taken back already.")
	}
	if err := e.restore(ctx, &d); err != nil {
		return err
	}
	note, err := json.Marshal(changeDetail{Text: d.Text}) // touches nothing that an earlier change could not take back
	if err != nil {
		return err
	}
	return e.tx.AddIntentChange(ctx, sqlgen.AddIntentChangeParams{ID: crm.NewID(e.now), At: crm.Micros(e.now), Author: e.author, Kind: kindUndone, Name: changes[n].Name, Detail: string(note)})
}

func (e *Editor) restore(ctx context.Context, d *changeDetail) error {
	if d.Packs != nil {
		if err := e.setPacks(ctx, *d.Packs); err != nil {
			return err
		}
	}
	for _, r := range d.Rows {
		if err := e.tx.PutIntentRow(ctx, sqlgen.PutIntentRowParams(r)); err != nil {
			return err
		}
	}
	for _, name := range d.Made {
		if s, ok := e.t.Get(name); ok && s.Own {
			// Contacts may have been read as it meanwhile: its name stays known.
			row := rowOf(s)
			row.Retired = true
			if err := e.tx.PutIntentRow(ctx, sqlgen.PutIntentRowParams(row)); err != nil {
				return err
			}
		} else if err := e.tx.DropIntentRow(ctx, name); err != nil {
			return err
		}
	}
	for _, id := range d.Added {
		if err := e.tx.DropExample(ctx, id); err != nil {
			return err
		}
	}
	for _, x := range d.Removed {
		if err := e.tx.AddExample(ctx, sqlgen.AddExampleParams(x)); err != nil {
			return err
		}
	}
	return nil
}

// IntentExample is one text of an intent with where it came from.
type IntentExample struct {
	ID     crm.ID // zero: built in
	Text   string
	Origin string
	Lang   string
}

// ExamplesOf lists the examples that count for an intent today, the firm's own
// first.
func ExamplesOf(ctx context.Context, q *sqlgen.Queries, t *FirmTaxonomy, name string) ([]IntentExample, error) {
	rows, err := q.Examples(ctx)
	if err != nil {
		return nil, err
	}
	var out []IntentExample
	own := map[string]bool{}
	for _, x := range rows {
		own[x.Text] = true
		if t.Target(x.Intent) == name {
			out = append(out, IntentExample{x.ID, x.Text, x.Origin, x.Language})
		}
	}
	for _, x := range CatalogueExamples() {
		if !own[x.Text] && t.Target(x.Intent) == name {
			out = append(out, IntentExample{crm.ID{}, x.Text, x.Origin, x.Language})
		}
	}
	return out, nil
}

// ChangeText reads what a change of the history did, for people.
func ChangeText(detail string) (string, error) {
	var d changeDetail
	if err := json.Unmarshal([]byte(detail), &d); err != nil {
		return "", errors.Join(errors.New("a change of the intents can't be read"), err)
	}
	return d.Text, nil
}
