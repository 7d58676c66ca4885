package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/importer"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
)

// importBatch is one Submit, which the engine overlaps with reading: large
// enough for full transactions, small enough to stop soon and to lose little
// time when it is read again after a kill.
const importBatch = 500

type importCmd struct {
	Kind    string            `arg:"" help:"mbox, maildir, eml, csv or ndjson." enum:"mbox,maildir,eml,csv,ndjson"`
	Path    []string          `arg:"" help:"Files and folders."`
	Source  string            `help:"Name of the source for contacts that name none. Default: import:KIND."`
	Verify  bool              `help:"Vouch for the identifiers that the files call verified."`
	Column  map[string]string `help:"Rename a CSV column: HEADER=FIELD." placeholder:"HEADER=FIELD"`
	Default map[string]string `help:"Value of a CSV field that has no column." placeholder:"FIELD=VALUE"`
	Restart bool              `help:"Read from the start, also when an earlier run was stopped. Nothing doubles."`
	JSON    bool              `name:"json" help:"Print the summary as JSON on the last line."`
	reading
}

// Run imports files. It opens the database itself, beside a server that runs.
func (c *importCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config(c.reading)
	if err != nil {
		return err
	}
	k, err := r.openCore(ctx, &cfg.Config, r.logger(&cfg.Config))
	if err != nil {
		return err
	}
	defer k.close()
	reader, err := importer.Open(c.Kind, c.Path, importer.Options{
		Source: c.Source, Own: k.own, Now: r.Clock, Columns: c.Column, Defaults: c.Default, MayVerify: c.Verify,
	})
	if err != nil {
		return usageError{err}
	}
	defer reader.Close()
	state, err := openState(cfg.Data, c.Kind, c.Path, c.Restart)
	if err != nil {
		return err
	}
	if state.Position != (importer.Position{}) {
		if err := reader.Seek(state.Position); err != nil {
			r.say("Reading from the start again: %s.", err)
			state.clear()
		} else {
			r.say("Going on after %d contacts of an earlier run; --restart reads from the start.", state.Summary.Read)
		}
	}
	i := &importing{r: r, ctx: ctx, engine: k.engine, reader: reader, state: state, sum: state.Summary,
		bar: newProgress(r.Stderr, isTerminal(r.Stderr), r.Clock)}
	err = i.run()
	i.bar.end()
	return c.finish(r, i, err)
}

// finish prints what became of the import.
func (c *importCmd) finish(r *runtime, i *importing, err error) error {
	stopped := errors.Is(err, errStopped)
	if err != nil && !stopped {
		r.say("What was read so far is kept; run the same command again to go on.")
		return err
	}
	if !stopped {
		if err := i.state.remove(); err != nil {
			return err
		}
	}
	if stopped {
		r.say("Stopped. Run the same command again to go on.")
	}
	if c.JSON {
		if err := r.json(i.sum); err != nil {
			return err
		}
	} else if err := i.sum.print(r.Stdout); err != nil {
		return err
	}
	if stopped {
		return errStopped
	}
	if i.sum.Lost > 0 {
		return fmt.Errorf("%d were lost: see the reasons", i.sum.Lost)
	}
	return nil
}

// summary is what an import did, all runs of it together. Read is the sum of
// the other four.
type summary struct {
	Read        int64            `json:"read"`
	New         int64            `json:"new"`
	Repeated    int64            `json:"repeated"`
	Quarantined int64            `json:"quarantined"`
	Lost        int64            `json:"lost"` // neither kept nor known, such as a file that can't be read
	Reasons     map[string]int64 `json:"reasons,omitempty"`
}

// maxReasons bounds the different reasons that are kept; the rest is counted
// together.
const maxReasons = 50

func (s *summary) reason(text string) {
	if s.Reasons == nil {
		s.Reasons = map[string]int64{}
	}
	if _, known := s.Reasons[text]; !known && len(s.Reasons) >= maxReasons {
		text = "other reasons"
	}
	s.Reasons[text]++
}

func (s *summary) print(w io.Writer) error {
	fmt.Fprintf(w, "%d read: %d new, %d repeated, %d quarantined, %d lost\n", s.Read, s.New, s.Repeated, s.Quarantined, s.Lost)
	reasons := make([]string, 0, len(s.Reasons))
	for text := range s.Reasons {
		reasons = append(reasons, text)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		if d := s.Reasons[b] - s.Reasons[a]; d != 0 {
			return int(d)
		}
		return strings.Compare(a, b)
	})
	for _, text := range reasons {
		if _, err := fmt.Fprintf(w, "  %6d  %s\n", s.Reasons[text], text); err != nil {
			return err
		}
	}
	return nil
}

// importing is one run of an import.
type importing struct {
	r      *runtime
	ctx    context.Context
	engine *flow.Engine
	reader *importer.Reader
	state  *importState
	sum    summary
	bar    *progress
}

// batch is what was read for one Submit.
type batch struct {
	items      []crm.Item
	after      importer.Position
	unread     []string // files that could not be read
	done, size int64    // bytes, for the progress
}

// run reads ahead in one goroutine and submits in this one, in order: a thread
// of mails must arrive as it was written.
func (i *importing) run() error {
	ctx, cancel := context.WithCancel(i.ctx)
	defer cancel()
	batches := make(chan batch, 1)
	go func() {
		defer close(batches)
		for {
			b, last := i.read()
			select {
			case batches <- b:
			case <-ctx.Done():
				return
			}
			if last {
				return
			}
		}
	}()
	// The reader must have ended before its files are closed, also on errors.
	defer func() {
		cancel()
		for range batches {
		}
	}()
	for b := range batches {
		if i.ctx.Err() != nil {
			return errStopped
		}
		if err := i.take(b); err != nil {
			return err
		}
	}
	if i.ctx.Err() != nil {
		return errStopped
	}
	return nil
}

// read gathers one batch, and says whether it is the last.
func (i *importing) read() (batch, bool) {
	var b batch
	last := false
	for len(b.items) < importBatch && i.ctx.Err() == nil {
		it, after, err := i.reader.Next()
		if errors.Is(err, io.EOF) {
			last = true
			break
		}
		if err != nil {
			b.unread = append(b.unread, err.Error())
			continue
		}
		b.items = append(b.items, it)
		b.after = after
	}
	b.done, b.size = i.reader.Progress()
	return b, last || i.ctx.Err() != nil
}

// take stores one batch and then the position behind it, in this order: a kill
// between the two only repeats.
func (i *importing) take(b batch) error {
	for _, text := range b.unread {
		i.sum.Read++
		i.sum.Lost++
		i.sum.reason(text)
	}
	if len(b.items) > 0 {
		// A signal stops between batches: what was handed over is seen through.
		results, err := i.submit(context.WithoutCancel(i.ctx), b.items)
		if err != nil {
			return err
		}
		for n, res := range results {
			if res.Status == flow.StatusRefused {
				if res, err = i.keep(b.items[n], res); err != nil {
					return err
				}
			}
			i.count(res)
		}
		if err := i.state.save(b.after, i.sum); err != nil {
			return err
		}
	}
	i.bar.show(i.sum.Read, b.done, b.size)
	return nil
}

func (i *importing) count(res flow.Result) {
	i.sum.Read++
	switch res.Status {
	case flow.StatusNew:
		i.sum.New++
		return
	case flow.StatusRepeated:
		i.sum.Repeated++
		return
	case flow.StatusQuarantined:
		i.sum.Quarantined++
	default:
		i.sum.Lost++
	}
	text := "no reason was given"
	if res.Problem != nil {
		text = res.Problem.Message
	}
	i.sum.reason(text)
}

// keep sends a contact that breaks the contract to quarantine: a sender over
// HTTP can correct and repeat it, a file can't.
func (i *importing) keep(it crm.Item, first flow.Result) (flow.Result, error) {
	it.Problem = "It can't be taken up."
	if first.Problem != nil {
		it.Problem = first.Problem.Message
	}
	results, err := i.submit(context.WithoutCancel(i.ctx), []crm.Item{it})
	if err != nil {
		return first, err
	}
	if results[0].Status == flow.StatusRefused {
		return first, nil
	}
	return results[0], nil
}

// submit waits while the queue is full.
func (i *importing) submit(ctx context.Context, items []crm.Item) ([]flow.Result, error) {
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		results, err := i.engine.Submit(ctx, items)
		if crm.CodeOf(err) != crm.Busy || err == nil {
			return results, err
		}
		select {
		case <-time.After(wait):
		case <-i.ctx.Done():
			return nil, errStopped
		}
	}
}
