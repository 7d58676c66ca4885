package understand

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Kinds of vocabularies.
const (
	VocabularyNumbers  = "numbers"
	VocabularyProducts = "products"
)

// Kinds of changes of a vocabulary.
const (
	changeAdded    = "added"
	changeRemoved  = "removed"
	changeReplaced = "replaced"
	changeUndone   = "undone"
)

// keptVersions is how far back a vocabulary can be taken.
const keptVersions = 20

// Vocabulary is what a firm taught the reader to find. It is immutable.
type Vocabulary struct {
	Numbers, Products int64 // versions; 0: none
	Forms             []NumberForm
	List              []Product
	numbers           *numbers
	catalogue         *ProductIndex
}

// NewVocabulary indexes forms and products.
func NewVocabulary(forms []NumberForm, products []Product) *Vocabulary {
	return &Vocabulary{Forms: forms, List: products, numbers: newNumbers(forms), catalogue: NewProductIndex(products)}
}

// LoadVocabulary reads the vocabulary in use; old, which may be nil, is taken
// over where its version is that.
func LoadVocabulary(ctx context.Context, q *sqlgen.Queries, old *Vocabulary) (*Vocabulary, error) {
	at, err := q.VocabularyVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the versions of the vocabulary: %w", err)
	}
	if old == nil {
		old = &Vocabulary{}
	}
	if at.Numbers == old.Numbers && at.Products == old.Products {
		return old, nil
	}
	out := *old
	if at.Numbers != old.Numbers {
		if out.Numbers, err = inUse(ctx, q, VocabularyNumbers, &out.Forms); err != nil {
			return nil, err
		}
		out.numbers = newNumbers(out.Forms)
	}
	if at.Products != old.Products {
		if out.Products, err = inUse(ctx, q, VocabularyProducts, &out.List); err != nil {
			return nil, err
		}
		out.catalogue = NewProductIndex(out.List)
	}
	return &out, nil
}

// inUse reads the newest version of a vocabulary, an empty one when there is none.
func inUse[T any](ctx context.Context, q *sqlgen.Queries, kind string, into *[]T) (int64, error) {
	*into = []T{}
	row, err := q.VocabularyInUse(ctx, kind)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the %s: %w", kind, err)
	}
	if err := json.Unmarshal([]byte(row.Data), into); err != nil {
		return 0, fmt.Errorf("read the %s: %w", kind, err)
	}
	return row.Version, nil
}

// changeVocabulary writes the next version of a vocabulary: change gets the
// items in use, and gives the new ones with what was done to what.
func changeVocabulary[T any](ctx context.Context, db *store.DB, now time.Time, author, kind string, change func([]T) (items []T, what, text string, err error)) error {
	write := func(tx *store.Tx) error {
		var items []T
		version, err := inUse(ctx, tx.Queries, kind, &items)
		if err != nil {
			return err
		}
		items, what, text, err := change(items)
		if err != nil {
			return err
		}
		data, err := json.Marshal(items)
		if err != nil {
			return err
		}
		return addVersion(ctx, tx, sqlgen.AddVocabularyParams{Kind: kind, Version: version + 1, At: crm.Micros(now), Author: author, Change: what,
			Text: store.Clean(text, 300), Items: int64(len(items)), Data: string(data)})
	}
	for try := 0; ; try++ {
		err := db.InTx(ctx, write)
		// Somebody else changed it at the same moment: look again.
		if err == nil || try == 3 || db.Classify(err) != store.Unique {
			return err
		}
	}
}

func addVersion(ctx context.Context, tx *store.Tx, row sqlgen.AddVocabularyParams) error {
	if err := tx.AddVocabulary(ctx, row); err != nil {
		return err
	}
	return tx.DropOldVocabularies(ctx, sqlgen.DropOldVocabulariesParams{Kind: row.Kind, Version: row.Version - keptVersions})
}

// NewNumber is what people say of a kind of number.
type NewNumber struct {
	Name     string
	Kind     string
	Examples []string
}

// AddNumber learns a kind of number and takes it into use. It is refused when
// the form is too general for what customers wrote lately.
func AddNumber(ctx context.Context, db *store.DB, r *Reader, now time.Time, author string, n NewNumber) error {
	n.Name = strings.Join(strings.Fields(n.Name), " ")
	if n.Name == "" || utf8.RuneCountInString(n.Name) > 60 {
		return &crm.Error{Code: crm.Invalid, Pointer: "/name", Message: "Give the number a name of at most 60 characters."}
	}
	if !slices.Contains(NumberKinds, n.Kind) {
		return &crm.Error{Code: crm.Invalid, Pointer: "/kind", Message: "There is no such kind of number."}
	}
	trial, err := TryNumber(ctx, db, r, now, n)
	if err != nil {
		return err
	}
	if trial.Refused != "" {
		return refused(trial.Refused)
	}
	form := NumberForm{ID: crm.NewID(now), Name: n.Name, Kind: n.Kind, Examples: n.Examples, Shape: trial.Shape}
	return changeVocabulary(ctx, db, now, author, VocabularyNumbers, func(forms []NumberForm) ([]NumberForm, string, string, error) {
		switch {
		case len(forms) >= maxNumberForms:
			return nil, "", "", crm.Errorf(crm.Conflict, "Sixty kinds of numbers is the most. Remove one first.")
		case slices.ContainsFunc(forms, func(f NumberForm) bool { return strings.EqualFold(f.Name, n.Name) }):
			return nil, "", "", &crm.Error{Code: crm.Conflict, Pointer: "/name", Message: "There is a number of this name. Remove it first, or choose another name."}
		}
		return append(forms, form), changeAdded, form.Name, nil
	})
}

// RemoveNumber takes a kind of number out of use.
func RemoveNumber(ctx context.Context, db *store.DB, now time.Time, author string, id crm.ID) error {
	return changeVocabulary(ctx, db, now, author, VocabularyNumbers, func(forms []NumberForm) ([]NumberForm, string, string, error) {
		n := slices.IndexFunc(forms, func(f NumberForm) bool { return f.ID == id })
		if n < 0 {
			return nil, "", "", crm.Errorf(crm.NotFound, "There is no such number.")
		}
		return slices.Delete(slices.Clone(forms), n, n+1), changeRemoved, forms[n].Name, nil
	})
}

// PutProducts adds products to the catalogue, each in the place of one of its
// name, or replaces the whole of it.
func PutProducts(ctx context.Context, db *store.DB, now time.Time, author string, products []Product, replace bool) error {
	return changeVocabulary(ctx, db, now, author, VocabularyProducts, func(old []Product) ([]Product, string, string, error) {
		if replace {
			return products, changeReplaced, "", nil
		}
		if len(products) == 0 {
			return nil, "", "", &crm.Error{Code: crm.Invalid, Pointer: "/text", Message: "There is no product in this."}
		}
		fresh := map[string]bool{}
		for _, p := range products {
			fresh[foldName(p.Name)] = true
		}
		out := slices.DeleteFunc(slices.Clone(old), func(p Product) bool { return fresh[foldName(p.Name)] })
		if out = append(out, products...); len(out) > MaxProducts {
			return nil, "", "", &crm.Error{Code: crm.Invalid, Pointer: "/text", Message: "A catalogue holds 20,000 products at most."}
		}
		return out, changeAdded, products[0].Name, nil
	})
}

// RemoveProduct takes one product out of the catalogue.
func RemoveProduct(ctx context.Context, db *store.DB, now time.Time, author, name string) error {
	return changeVocabulary(ctx, db, now, author, VocabularyProducts, func(old []Product) ([]Product, string, string, error) {
		out := slices.DeleteFunc(slices.Clone(old), func(p Product) bool { return p.Name == name })
		if len(out) == len(old) {
			return nil, "", "", crm.Errorf(crm.NotFound, "There is no such product.")
		}
		return out, changeRemoved, name, nil
	})
}

// RestoreVocabulary takes a version into use again, 0 for nothing: the way back
// from a change is the version before it.
func RestoreVocabulary(ctx context.Context, db *store.DB, now time.Time, author, kind string, version int64) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		row := sqlgen.VocabularyOfRow{Data: "[]"}
		var err error
		if version != 0 {
			row, err = tx.VocabularyOf(ctx, sqlgen.VocabularyOfParams{Kind: kind, Version: version})
			if errors.Is(err, sql.ErrNoRows) {
				return crm.Errorf(crm.NotFound, "This change is too long ago to be taken back.")
			}
			if err != nil {
				return err
			}
		}
		newest, err := tx.VocabularyInUse(ctx, kind)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return addVersion(ctx, tx, sqlgen.AddVocabularyParams{Kind: kind, Version: newest.Version + 1, At: crm.Micros(now), Author: author, Change: changeUndone,
			Items: row.Items, Data: row.Data})
	})
}
