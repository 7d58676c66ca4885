package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
	reading
	serving
}

// finding is the result of one check.
type finding struct {
	Check    string `json:"check"`
	State    string `json:"state"` // ok, warning or failed
	Detail   string `json:"detail"`
	Proposal string `json:"proposal,omitempty"` // what to do about it
}

const (
	stateOK      = "ok"
	stateWarning = "warning"
	stateFailed  = "failed"
)

// diskMinimum is the free space below which taking contacts in is at risk.
const diskMinimum = 512 << 20

// Run checks everything, also after a failure, so that one run tells all.
func (c *doctorCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config(c.reading, c.serving)
	if err != nil {
		return err
	}
	d := &doctor{r: r, cfg: cfg}
	d.folder()
	d.disk()
	d.clock()
	d.database(ctx)
	d.port(ctx)
	d.model()
	failed := false
	rows := make([][]string, len(d.found))
	for i, f := range d.found {
		failed = failed || f.State == stateFailed
		rows[i] = []string{f.State, f.Check, f.Detail, f.Proposal}
	}
	if c.JSON {
		err = r.json(map[string]any{"ok": !failed, "items": d.found, "next": ""})
	} else {
		err = r.table([]string{"STATE", "CHECK", "FOUND", "DO"}, rows)
	}
	if err == nil && failed {
		err = errCheck
	}
	return err
}

type doctor struct {
	r     *runtime
	cfg   *config.Loaded
	found []finding
}

func (d *doctor) add(check, state, detail, proposal string) {
	d.found = append(d.found, finding{Check: check, State: state, Detail: detail, Proposal: proposal})
}

// existing is the data folder, or the nearest folder above it that exists: the
// doctor makes nothing.
func (d *doctor) existing() (string, bool) {
	dir, err := filepath.Abs(d.cfg.Data)
	if err != nil {
		return d.cfg.Data, false
	}
	for first := true; ; first = false {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir, first
		}
		if filepath.Dir(dir) == dir {
			return dir, false
		}
		dir = filepath.Dir(dir)
	}
}

func (d *doctor) folder() {
	dir, there := d.existing()
	f, err := os.CreateTemp(dir, ".rapport-doctor-*")
	if err != nil {
		d.add("data folder", stateFailed, fmt.Sprintf("%s can't be written: %v", dir, errors.Unwrap(err)),
			"Give the folder to the user that runs rapport, or choose another one with --data.")
		return
	}
	f.Close()
	os.Remove(f.Name())
	if !there {
		d.add("data folder", stateOK, d.cfg.Data+" will be made at the first start", "")
		return
	}
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o007 != 0 {
		d.add("data folder", stateWarning, fmt.Sprintf("%s can be entered by everybody on this machine (%s)", dir, info.Mode().Perm()), "chmod 700 "+dir)
		return
	}
	d.add("data folder", stateOK, dir+" can be written", "")
}

func (d *doctor) disk() {
	dir, _ := d.existing()
	free, total, err := diskSpace(dir)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		d.add("disk space", stateWarning, "it can't be measured on this system", "Look yourself.")
	case err != nil:
		d.add("disk space", stateFailed, err.Error(), "Check the disk.")
	case free < diskMinimum || free < total/20:
		d.add("disk space", stateFailed, fmt.Sprintf("only %d MB are free", free>>20), "Free space, or move the data folder to a larger disk.")
	default:
		d.add("disk space", stateOK, fmt.Sprintf("%d MB are free", free>>20), "")
	}
}

// clock compares the clock with one that can't be too far in the past (this
// program's age) and with the clock of the file system, which is another
// machine's for network disks.
func (d *doctor) clock() {
	now := d.r.Clock()
	if now.Year() < 2026 || now.Year() > 2100 {
		d.add("clock", stateFailed, "it says "+day(now), "Set the clock, best by NTP: sessions, links and waiting times depend on it.")
		return
	}
	dir, _ := d.existing()
	if f, err := os.CreateTemp(dir, ".rapport-doctor-*"); err == nil {
		defer os.Remove(f.Name())
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.ModTime().Sub(now).Abs() > time.Minute {
			d.add("clock", stateWarning, fmt.Sprintf("the disk's clock differs by %s", info.ModTime().Sub(now).Round(time.Second)), "Run NTP on both machines.")
			return
		}
	}
	d.add("clock", stateOK, now.UTC().Format(time.RFC3339), "")
}

// database opens an existing database, which also brings its schema up to date,
// as a start would.
func (d *doctor) database(ctx context.Context) {
	if !strings.HasPrefix(d.cfg.DB, "postgres") {
		file := strings.TrimPrefix(strings.TrimPrefix(d.cfg.DB, "sqlite:"), "//")
		if file == "" {
			file = filepath.Join(d.cfg.Data, "rapport.db")
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			d.add("database", stateOK, file+" will be made at the first start", "")
			d.add("owner", stateWarning, "nobody owns this installation yet", "Run rapport serve and open the setup link.")
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	db, err := openStore(ctx, &d.cfg.Config)
	if err != nil {
		d.add("database", stateFailed, strings.ReplaceAll(err.Error(), d.cfg.DB, config.RedactURL(d.cfg.DB)),
			"Check --db, the server and its log; for SQLite, that the disk is whole and nothing else writes the file.")
		return
	}
	defer db.Close()
	version, err := db.SchemaVersion(ctx)
	if err != nil {
		d.add("database", stateFailed, err.Error(), "Check the database's log.")
		return
	}
	d.add("database", stateOK, fmt.Sprintf("%s opens, schema %d", db.Engine, version), "")
	if d.cfg.Durability == "relaxed" && db.Engine == store.SQLite {
		d.add("durability", stateWarning, "the last moments before a power loss may be lost", "Set durability to full, unless this is a test.")
	}
	has, err := access.New(db, d.r.Clock).HasOwner(ctx)
	switch {
	case err != nil:
		d.add("owner", stateFailed, err.Error(), "Check the database's log.")
	case !has:
		d.add("owner", stateWarning, "nobody owns this installation yet", "Open the setup link (rapport setup-url), or run rapport user create --owner.")
	default:
		d.add("owner", stateOK, "there is an owner", "")
	}
}

// port tries to listen. When that fails, the most common reason is that we are
// running already.
func (d *doctor) port(ctx context.Context) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", d.cfg.Listen)
	if err == nil {
		l.Close()
		d.add("port", stateOK, d.cfg.Listen+" is free", "")
		return
	}
	client := &http.Client{Timeout: 2 * time.Second}
	req, reqErr := http.NewRequestWithContext(ctx, http.MethodGet, baseURL(&config.Config{}, d.cfg.Listen)+"/healthz", nil)
	if reqErr == nil {
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				d.add("port", stateOK, "a server answers on "+d.cfg.Listen, "")
				return
			}
		}
	}
	d.add("port", stateFailed, err.Error(), "Choose another address with --listen, or stop what uses this one.")
}

func (d *doctor) model() {
	if _, err := understand.Default(); err != nil {
		d.add("language models", stateFailed, err.Error(), "The program is damaged: install it again.")
		return
	}
	d.add("language models", stateOK, "they load", "")
}
