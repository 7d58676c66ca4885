package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// progress shows how far a long command is: a bar that redraws itself on a
// terminal, a line now and then elsewhere, such as in the log of a job.
type progress struct {
	w        io.Writer
	terminal bool
	clock    crm.Clock
	start    time.Time
	last     time.Time // when it was drawn
	first    int64     // items and bytes that an earlier run had done
	offset   int64
	begun    bool
	width    int // of the line on the terminal
}

const barWidth = 24

func newProgress(w io.Writer, terminal bool, clock crm.Clock) *progress {
	now := clock()
	return &progress{w: w, terminal: terminal, clock: clock, start: now, last: now}
}

// show draws, not too often. done and total are in any one unit; the rate
// counts items.
func (p *progress) show(items, done, total int64) {
	now := p.clock()
	if !p.begun {
		p.begun = true
		// The first batch of a resumed run holds what was done before.
		p.first, p.offset = items, done
	}
	every := 10 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if now.Sub(p.last) < every && done < total {
		return
	}
	p.last = now
	line := p.line(now, items, done, total)
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	fmt.Fprint(p.w, "\r", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

func (p *progress) line(now time.Time, items, done, total int64) string {
	share := 1.0
	if total > 0 {
		share = min(float64(done)/float64(total), 1)
	}
	seconds := now.Sub(p.start).Seconds()
	rate, left := "", ""
	if seconds > 0 && items > p.first {
		rate = fmt.Sprintf("  %.0f/s", float64(items-p.first)/seconds)
	}
	if moved := done - p.offset; moved > 0 && done < total {
		left = "  " + (time.Duration(seconds * float64(total-done) / float64(moved) * float64(time.Second))).Round(time.Second).String() + " left"
	}
	if !p.terminal {
		return fmt.Sprintf("%3.0f %%  %d%s%s", share*100, items, rate, left)
	}
	full := int(share * barWidth)
	return fmt.Sprintf("[%s%s] %3.0f %%  %d%s%s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), share*100, items, rate, left)
}

// end leaves the bar on its line.
func (p *progress) end() {
	if p.terminal && p.width > 0 {
		fmt.Fprintln(p.w)
	}
}
