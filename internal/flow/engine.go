package flow

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// The shape of a batch. What waits while a transaction runs is the next one, so
// batches grow with the load and a lone contact never waits for company.
const (
	// MaxBatch is how many contacts one transaction takes at most. Every batch
	// touches the newest pages of all buckets, so a larger one writes less.
	MaxBatch = 1000

	chunk      = 250 // a large Submit is cut, so that reading texts and writing overlap
	sweepEvery = time.Minute
	sweepLimit = 500
	deskEvery  = 5 * time.Second
)

// Parser makes an envelope of raw bytes again, for a retry.
type Parser func(raw []byte, source, externalID string) (crm.Envelope, error)

// Options of an Engine.
type Options struct {
	// Clock tells the time. Default: time.Now.
	Clock crm.Clock
	// Reader reads texts. Required.
	Reader *understand.Reader
	// Region is the country of phone numbers without a country code. Default: US.
	Region string
	// Own tells the firm's own mail addresses. Default: none.
	Own func(address string) bool
	// Desk keeps the work on conversations. Default: nil, nobody works on them.
	Desk *desk.Service
	// Act looks at what came in for what it calls for: automatic answers, reports
	// about messages of ours. Default: nil, nothing is called for.
	Act *act.Receiver
	// QueueItems is how many contacts may wait; past it Submit answers Busy.
	// Default: 10000.
	QueueItems int
	// Parsers read raw bytes of a media type again. Default: none.
	Parsers map[string]Parser
	// Open hears of contacts that a second look may help, in the transaction that
	// keeps them. Default: nil, nobody cares.
	Open func(ctx context.Context, tx *store.Tx, now time.Time, contacts []Open) error
	// Log takes what an operator should know. Default: slog.Default.
	Log *slog.Logger
}

// Engine takes contacts through the stages. It is safe for concurrent use.
type Engine struct {
	Identify *identify.Service
	Journey  *journey.Service

	db     *store.DB
	o      Options
	reader atomic.Pointer[understand.Reader]
	// vocabulary is kept beside it, so that a correction does not index a catalogue anew.
	vocabulary atomic.Pointer[understand.Vocabulary]

	queue  chan []*prepared
	cores  chan struct{} // tokens of those that prepare
	queued atomic.Int64
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu     sync.RWMutex // closed against senders
	closed bool
}

// New starts an engine on the database.
func New(db *store.DB, o Options) (*Engine, error) {
	if o.Reader == nil {
		return nil, errors.New("flow: a reader is needed")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.QueueItems <= 0 {
		o.QueueItems = 10_000
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	// One core is left to the committer: it waits for the store all the time, and
	// must not wait for a core as well each time that the store has answered.
	e := &Engine{db: db, o: o, queue: make(chan []*prepared, 1024), cores: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))}
	e.reader.Store(o.Reader)
	e.Identify = identify.New(db, o.Clock, identify.Options{Region: o.Region, Own: o.Own})
	e.Journey = journey.New(db, o.Clock)
	e.Journey.Adjacent = Adjacency()
	e.Identify.Separated = e.separate
	e.Identify.Noted, e.Journey.Noted = noted, noted
	if err := e.Identify.LoadBlocked(context.Background()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.stop = cancel
	e.done.Add(4)
	go e.commitLoop()
	go e.sweepLoop(ctx)
	go e.deskLoop(ctx)
	go e.compareLoop(ctx)
	return e, nil
}

// Close waits for what was taken and ends the engine.
func (e *Engine) Close() {
	e.mu.Lock()
	if !e.closed {
		e.closed = true
		close(e.queue)
	}
	e.mu.Unlock()
	e.stop()
	e.done.Wait()
}

// Reader is the model in use; SetReader swaps it for the contacts to come.
func (e *Engine) Reader() *understand.Reader     { return e.reader.Load() }
func (e *Engine) SetReader(r *understand.Reader) { e.reader.Store(r) }

// Vocabulary is the firm's own numbers and products that contacts are read by;
// nil before models were loaded.
func (e *Engine) Vocabulary() *understand.Vocabulary { return e.vocabulary.Load() }

// Submit takes contacts through all stages and answers after commit, one Result
// an item, in order. The error is a crm.Error: Busy when the queue is full and
// nothing was taken, Unavailable when the store can't be written.
func (e *Engine) Submit(ctx context.Context, items []crm.Item) ([]Result, error) {
	n := int64(len(items))
	if n == 0 {
		return nil, nil
	}
	if before := e.queued.Add(n) - n; before > 0 && before+n > int64(e.o.QueueItems) {
		e.queued.Add(-n)
		return nil, crm.Errorf(crm.Busy, "Too many contacts are waiting. Try again in a moment.")
	}
	defer e.queued.Add(-n)
	now := e.o.Clock()
	all := make([]*prepared, 0, n)
	for start := 0; start < len(items); start += chunk {
		part := items[start:min(start+chunk, len(items))]
		group := e.prepareAll(part, now)
		if err := e.enqueue(group); err != nil {
			return nil, err
		}
		all = append(all, group...)
	}
	out := make([]Result, len(all))
	for i, p := range all {
		<-p.done
		if p.err != nil {
			return nil, p.err
		}
		out[i] = p.result
	}
	return out, nil
}

func (e *Engine) enqueue(group []*prepared) error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return crm.Errorf(crm.Unavailable, "Rapport is shutting down.")
	}
	e.queue <- group
	return nil
}

// prepareAll does the work that needs no database: checking, normalising and
// reading the text, on all cores but one.
func (e *Engine) prepareAll(items []crm.Item, now time.Time) []*prepared {
	out := make([]*prepared, len(items))
	var next atomic.Int64
	work := func() {
		e.cores <- struct{}{}
		defer func() { <-e.cores }()
		for i := int(next.Add(1)) - 1; i < len(items); i = int(next.Add(1)) - 1 {
			out[i] = e.prepare(items[i], now)
		}
	}
	var wg sync.WaitGroup
	for range min(cap(e.cores), (len(items)+31)/32) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	return out
}

// commitLoop makes one transaction of what waits, again and again.
func (e *Engine) commitLoop() {
	defer e.done.Done()
	var held []*prepared // a group that did not fit the last batch
	for {
		batch := held
		held = nil
		if len(batch) == 0 {
			group, ok := <-e.queue
			if !ok {
				return
			}
			batch = group
		}
	fill:
		for len(batch) < MaxBatch {
			select {
			case group, ok := <-e.queue:
				if !ok {
					break fill
				}
				if len(batch)+len(group) > MaxBatch {
					held = group
					break fill
				}
				batch = append(batch[:len(batch):len(batch)], group...)
			default:
				break fill
			}
		}
		e.settle(batch)
	}
}

// sweepLoop lets time change journeys: answered ones become resolved, silent
// ones abandoned.
func (e *Engine) sweepLoop(ctx context.Context) {
	defer e.done.Done()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for {
			n, err := e.Journey.Sweep(ctx, e.o.Clock(), sweepLimit)
			if err != nil && ctx.Err() == nil {
				e.o.Log.Error("journeys could not be updated", "error", err)
			}
			if n < sweepLimit || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// deskLoop wakes snoozed cases and notes missed targets.
func (e *Engine) deskLoop(ctx context.Context) {
	defer e.done.Done()
	if e.o.Desk == nil {
		return
	}
	tick := time.NewTicker(deskEvery)
	defer tick.Stop()
	for {
		if err := e.o.Desk.Sweep(ctx, e.o.Clock(), sweepLimit); err != nil && ctx.Err() == nil {
			e.o.Log.Error("cases could not be updated", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// compareLoop looks for customers who may be one person, behind the feed and
// never on the way of a contact, and learns from what people decided. While
// many are behind, after an import say, it rests seven times as long as a batch
// took: nobody waits for it, and people wait for the core that it would take.
func (e *Engine) compareLoop(ctx context.Context) {
	defer e.done.Done()
	const rest = 7
	var learned time.Time
	wait := time.NewTimer(identify.CompareEvery)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		if now := time.Now(); now.Sub(learned) > time.Hour {
			learned = now
			if _, err := e.Identify.LearnDecisions(ctx); err != nil && ctx.Err() == nil {
				e.o.Log.Error("decisions about customers could not be learned", "error", err)
			}
		}
		began := time.Now()
		n, err := e.Identify.Compare(ctx, identify.CompareBatch)
		if err != nil && ctx.Err() == nil {
			e.o.Log.Error("customers could not be compared", "error", err)
		}
		next := identify.CompareEvery
		if err == nil && n == identify.CompareBatch { // more are behind
			next = min(next, rest*time.Since(began))
		}
		wait.Reset(next)
	}
}

// separate parts what journeys hold of two sides of an undone merge.
func (e *Engine) separate(ctx context.Context, tx *store.Tx, now time.Time, left, right []identify.Profile, next func(int64) int64, author string) error {
	return e.Journey.Separate(ctx, tx, now, journeyProfiles(left), journeyProfiles(right), next, author)
}

// noted writes down what a person changed about customers.
func noted(ctx context.Context, tx *store.Tx, now time.Time, customers []crm.ID, author, kind, text string) error {
	for _, c := range customers {
		if err := records.Note(ctx, tx, records.Change{Profile: c, At: now, Author: author, Kind: kind, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

func journeyProfiles(in []identify.Profile) []journey.Profile {
	out := make([]journey.Profile, len(in))
	for i, p := range in {
		out[i] = journey.Profile(p)
	}
	return out
}

// Adjacency is the taxonomy's word on which intents continue each other.
func Adjacency() func(a, b string) bool {
	next := map[[2]string]bool{}
	for _, i := range understand.Taxonomy() {
		for _, other := range i.Adjacent {
			next[[2]string{i.Name, other}], next[[2]string{other, i.Name}] = true, true
		}
	}
	return func(a, b string) bool { return next[[2]string{a, b}] }
}
