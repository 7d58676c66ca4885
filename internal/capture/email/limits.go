package email

import "time"

// The limits of one message. They are far above what mail programs write and
// low enough that the worst message costs a fraction of a second.
const (
	maxDepth        = 20
	maxParts        = 500
	maxHeaderBytes  = 256 << 10
	maxHeaderFields = 1000
	maxText         = 1 << 20
	maxHTML         = 2 << 20
	maxSubject      = 2000
	maxName         = 200
	maxAddress      = 320 // 64 + @ + 255, RFC 5321 4.5.3.1
	maxParticipants = 500
	maxReferences   = 100
	maxMessageID    = 500
	maxExternalID   = 200
	maxFileName     = 255
	maxBoundary     = 250 // RFC 2046 5.1.1 allows 70
)

// bytesPerSecond is what the budget takes a second to be worth. Counting bytes
// and not only time makes the result the same on a slow and on a fast machine.
const bytesPerSecond = 256 << 20

// budget bounds the work on one message. Every loop over outside bytes spends
// from it; the clock is looked at rarely, as a backstop.
type budget struct {
	left  int64
	check int64
	end   time.Time
	over  bool
}

func newBudget(d time.Duration) *budget {
	left := int64(d.Seconds() * bytesPerSecond)
	return &budget{left: left, check: left - 1<<20, end: time.Now().Add(d)}
}

// spend takes n bytes of work and reports whether the work may go on.
func (b *budget) spend(n int) bool {
	if b.over {
		return false
	}
	b.left -= int64(n) + 1
	if b.left < 0 {
		b.over = true
	} else if b.left < b.check {
		b.check = b.left - 1<<20
		b.over = time.Now().After(b.end)
	}
	return !b.over
}
