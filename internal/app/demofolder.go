package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/demo"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
)

// demoFresh is how old the demo may be: its dates are relative to when it was
// told.
const demoFresh = 12 * time.Hour

// demoMark is the file that says that a folder is a demo and may be emptied.
const demoMark = "demo.json"

// demoFolder is the data folder of a demo.
type demoFolder struct {
	dir      string
	LoadedAt time.Time `json:"loaded_at"` // zero while it is being told
	Raws     int64     `json:"raws"`      // contacts when it had been told
	DB       string    `json:"db"`        // where it was told, without the password; empty: in the folder
}

// openDemoFolder makes the folder, or empties one that was told too long ago or
// half. It never touches a folder without the mark.
func openDemoFolder(c *config.Config, reset bool) (*demoFolder, error) {
	where := ""
	if c.DB != "" {
		where = config.RedactURL(c.DB)
	}
	f := &demoFolder{dir: c.Data, DB: where}
	text, err := os.ReadFile(filepath.Join(f.dir, demoMark))
	switch {
	case err == nil:
		if json.Unmarshal(text, f) != nil {
			f.LoadedAt = time.Time{} // written half: tell it anew
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if _, err := os.Stat(f.database()); err == nil {
			return nil, usageError{fmt.Errorf("%s holds a database that is not a demo: choose another folder with --data", f.dir)}
		}
		return f, f.save()
	}
	if f.DB != where { // the mark speaks of another database
		f.DB, f.LoadedAt = where, time.Time{}
	}
	if c.DB != "" {
		if reset {
			return nil, usageError{errors.New("--reset empties the demo's own folder only, not the database of --db")}
		}
		return f, nil
	}
	if reset || f.LoadedAt.IsZero() {
		return f, f.empty()
	}
	return f, nil
}

func (f *demoFolder) database() string { return filepath.Join(f.dir, "rapport.db") }

// empty removes the database; the mark stays, so that a kill now leaves a demo.
func (f *demoFolder) empty() error {
	f.LoadedAt, f.Raws = time.Time{}, 0
	if err := f.save(); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(f.database() + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("empty the demo: %w", err)
		}
	}
	return nil
}

func (f *demoFolder) save() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("demo folder: %w", err)
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.dir, demoMark), text, 0o600)
}

// stale reports whether the demo was told too long ago and may be told anew:
// nothing came in beside it. What a person added is never thrown away unasked.
func (f *demoFolder) stale(ctx context.Context, r *runtime, k *core) (bool, error) {
	age := r.Clock().Sub(f.LoadedAt)
	if f.LoadedAt.IsZero() || age < demoFresh || k.db.Engine != store.SQLite {
		return false, nil
	}
	raws, err := k.db.Read().CountRaws(ctx)
	if err != nil {
		return false, err
	}
	if raws != f.Raws {
		r.say("This demo was told %s ago and holds contacts of yours, so it is kept; --reset tells it anew.", age.Round(time.Hour))
		return false, nil
	}
	return true, nil
}

// told returns a core over a demo that has been told. Telling ninety days in a
// second fills the caches of the database, which little happens to afterwards,
// so the core that did it is closed and a small one opened.
func (f *demoFolder) told(ctx context.Context, r *runtime, k *core, c *config.Config, log *slog.Logger) (*core, error) {
	if !f.LoadedAt.IsZero() {
		return k, nil
	}
	if err := f.load(ctx, r, k); err != nil {
		return k, err
	}
	fresh, err := r.openCore(ctx, c, log, access.LoopbackOnly())
	if err != nil {
		return k, err
	}
	k.close()
	debug.FreeOSMemory()
	return fresh, nil
}

// load tells the demo through the real stages, unless it was told already.
func (f *demoFolder) load(ctx context.Context, r *runtime, k *core) error {
	if !f.LoadedAt.IsZero() {
		return nil
	}
	if err := k.foreign(ctx); err != nil {
		return err
	}
	now := r.Clock()
	bar := newProgress(r.Stderr, isTerminal(r.Stderr), r.Clock)
	r.say("Telling ninety days of %s …", demo.Firm)
	items := make([]crm.Item, 0, importBatch)
	var told int64
	submit := func(total int64) error {
		results, err := k.engine.Submit(ctx, items)
		if err != nil {
			return fmt.Errorf("tell the demo: %w", err)
		}
		for i, res := range results {
			if res.Status != flow.StatusNew && res.Status != flow.StatusRepeated {
				return fmt.Errorf("tell the demo: %s is %s: %v", items[i].Envelope.ExternalID, res.Status, res.Problem)
			}
		}
		told += int64(len(items))
		items = items[:0]
		bar.show(told, told, total)
		return ctx.Err()
	}
	k.desk.Rest(true) // nobody is to be warned of what happened weeks ago
	firm, err := hireDemo(ctx, k)
	if err != nil {
		return fmt.Errorf("tell the demo: %w", err)
	}
	all := collectItems(demo.Items(now))
	for _, it := range all {
		it = firm.received(it)
		if items = append(items, it); len(items) == cap(items) {
			if err := submit(int64(len(all))); err != nil {
				return err
			}
		}
	}
	if err := submit(int64(len(all))); err != nil {
		return err
	}
	bar.end()
	if err := firm.work(ctx, k, now); err != nil {
		return fmt.Errorf("tell the demo: %w", err)
	}
	raws, err := k.db.Read().CountRaws(ctx)
	if err != nil {
		return err
	}
	f.LoadedAt, f.Raws = now, raws
	return f.save()
}

// foreign refuses a database that people of a firm use: a demo told into it
// could not be taken out again.
func (k *core) foreign(ctx context.Context) error {
	users, err := k.access.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if !demo.Own(u.Email) {
			return usageError{errors.New("this database is in use by a firm: open the demo on an empty one")}
		}
	}
	return nil
}

func collectItems(seq iter.Seq[crm.Item]) []crm.Item {
	var all []crm.Item
	for it := range seq {
		all = append(all, it)
	}
	return all
}
