package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/understand"
)

// prepared is an item on its way: everything that needs no database is done.
type prepared struct {
	item    crm.Item
	env     *crm.Envelope
	rawID   crm.ID
	idents  []identify.Ident
	reading *crm.Reading
	json    string     // the Reading
	problem *crm.Error // refused or quarantined
	retry   bool       // taken out of quarantine

	result Result
	err    error // the whole Submit failed
	done   chan struct{}
}

// prepare never fails and never panics: a text that breaks a parser of ours is
// quarantined like one that breaks its own format.
func (e *Engine) prepare(item crm.Item, now time.Time) (p *prepared) {
	own(&item.Envelope)
	p = &prepared{item: item, env: &item.Envelope, done: make(chan struct{})}
	defer func() {
		if r := recover(); r != nil {
			e.o.Log.Error("a contact broke a stage", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			p.quarantine("It broke a part of Rapport. The log has the details.")
		}
		if p.env.Source != "" && p.env.ExternalID != "" {
			p.rawID = capture.RawID(p.env.Source, p.env.ExternalID)
		}
	}()
	if item.Problem != "" {
		p.quarantine(item.Problem)
		return p
	}
	if err := capture.Normalise(p.env, now); err != nil {
		if item.Keep {
			p.quarantine(err.Message + " (" + err.Pointer + ")")
			return p
		}
		p.problem, p.result = err, Result{Status: StatusRefused, Problem: err}
		return p
	}
	if err := capture.ReadTranscript(p.env); err != nil {
		p.quarantine(err.Message)
		return p
	}
	// What a colleague writes, or a machine, proves nothing about the customer
	// whom it is for.
	if item.Place == nil || p.env.Direction == crm.In && !p.env.Automatic {
		p.idents = e.Identify.Prepare(p.env, item.MayVerify)
	}
	e.understand(p)
	return p
}

// own copies what normalising changes in place: senders share lists between
// items, and send an item again while its first sending is on its way.
func own(e *crm.Envelope) {
	e.Participants, e.Attachments = slices.Clone(e.Participants), slices.Clone(e.Attachments)
	e.Thread.References, e.Traits = slices.Clone(e.Thread.References), maps.Clone(e.Traits)
}

func (e *Engine) understand(p *prepared) {
	env := p.env
	reading := e.readInput(understand.Input{Subject: env.Subject, Text: env.Text, Channel: env.Channel, Kind: env.Kind, Direction: env.Direction,
		Automatic: env.Automatic, Locale: env.Locale, OccurredAt: env.OccurredAt, Turns: env.Turns})
	data, err := json.Marshal(&reading)
	if err != nil {
		panic("flow: a Reading is always JSON: " + err.Error())
	}
	p.reading, p.json = &reading, string(data)
}

// readInput reads a text by the models in use and what people labelled.
func (e *Engine) readInput(in understand.Input) crm.Reading {
	out := e.reader.Load().Read(in)
	if len(out.Intents) > 0 && out.Intents[0].Name == None {
		// A person said of nearly the same text that it is none of them.
		out.Unknown, out.Intents = true, nil
	}
	return out
}

// quarantine marks the item and makes sure that its raw row can be keyed.
func (p *prepared) quarantine(reason string) {
	p.problem = &crm.Error{Code: crm.Invalid, Message: storable(reason)}
	p.result = Result{Status: StatusQuarantined, Problem: p.problem}
	env := p.env
	env.Source, env.ExternalID = strings.TrimSpace(storable(env.Source)), strings.TrimSpace(storable(env.ExternalID))
	if env.Source == "" {
		env.Source = "unknown"
	}
	if env.ExternalID == "" {
		sum := sha256.Sum256(p.item.Raw)
		env.ExternalID = "sha256:" + hex.EncodeToString(sum[:])
	}
}

// raw is the row of the bytes of the item.
func (p *prepared) raw(now time.Time) *capture.Raw {
	r := &capture.Raw{Source: p.env.Source, ExternalID: p.env.ExternalID, ReceivedAt: now, State: capture.Done, Attempts: 1,
		MayVerify: p.item.MayVerify, Type: storable(p.item.RawType), Body: p.item.Raw}
	if p.result.Status == StatusQuarantined {
		r.State, r.Reason = capture.Quarantined, p.problem.Message
	}
	return r
}

// storable is s as both engines keep it: PostgreSQL takes neither broken UTF-8
// nor NUL, and what is to be quarantined may hold either.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
