package journey

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// The scripts in testdata say what happened and what must come of it; the
// language is described in testdata/README.md. Each runs contact by contact and
// again with everything between two checks in one batch: both must agree.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, mode := range []string{"one by one", "in batches"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				for _, file := range files {
					name := strings.TrimSuffix(filepath.Base(file), ".test")
					t.Run(name, func(t *testing.T) {
						data, err := os.ReadFile(file)
						if err != nil {
							t.Fatal(err)
						}
						(&script{world: newWorld(t, db), file: name, batch: mode == "in batches"}).run(string(data))
					})
				}
			})
		})
	}
}

// monday is the first day of every script.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

type script struct {
	*world
	file     string // keeps the customers of one script apart from those of the others
	batch    bool
	who      string
	last     time.Time
	contacts map[string][]*Contact // by customer
	waiting  []*Contact            // of the batch
	threads  map[string]crm.ID
	lastMail map[string]crm.ID
	n        int
}

func (s *script) run(text string) {
	s.contacts, s.threads, s.lastMail = map[string][]*Contact{}, map[string]crm.ID{}, map[string]crm.ID{}
	s.last = monday
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.line(line); err != nil {
			s.t.Errorf("line %d: %s\n\t%v", i+1, line, err)
		}
	}
	s.flush()
	for _, members := range s.names {
		s.audit(members)
	}
}

func (s *script) line(line string) error {
	words := tokens(line)
	switch words[0] {
	case "customer":
		s.flush()
		s.who, s.last, s.now = s.file+"/"+words[1], monday, monday // each customer has a week of their own
		n := 1
		if len(words) > 3 && words[2] == "profiles" {
			n, _ = strconv.Atoi(words[3])
		}
		s.customer(s.who, n)
		return nil
	case "then":
		s.flush()
		return s.check(strings.TrimSpace(strings.TrimPrefix(line, "then")))
	case "at":
		s.flush()
		at, _, err := s.when(words[1:])
		if err != nil {
			return err
		}
		s.now = at
		_, err = s.s.Sweep(s.t.Context(), at, 1000)
		return err
	case "by":
		s.flush()
		return s.byHand(words)
	}
	return s.contact(words)
}

func (s *script) flush() {
	if len(s.waiting) > 0 {
		s.link(s.waiting)
		s.waiting = nil
	}
}

var tokenRE = regexp.MustCompile(`"[^"]*"|\S+`)

func tokens(line string) []string { return tokenRE.FindAllString(line, -1) }

func unquote(s string) string { return strings.Trim(s, `"`) }

// when reads "monday 10:00" (the next monday that is not before the last line's
// day) or "day 8 10:00" (eight days after the first monday).
func (s *script) when(words []string) (time.Time, []string, error) {
	if len(words) < 2 {
		return time.Time{}, nil, fmt.Errorf("no time")
	}
	var d time.Time
	if words[0] == "day" {
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return d, nil, err
		}
		d, words = monday.AddDate(0, 0, n), words[2:]
	} else {
		d = s.last.Truncate(24 * time.Hour)
		for i := 0; strings.ToLower(d.Weekday().String()) != words[0]; i++ {
			if i == 7 {
				return d, nil, fmt.Errorf("no weekday: %s", words[0])
			}
			d = d.AddDate(0, 0, 1)
		}
		words = words[1:]
	}
	clock, err := time.Parse("15:04", words[0])
	if err != nil {
		return d, nil, err
	}
	at := d.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
	s.last = later(s.last, at)
	return at, words[1:], nil
}

var (
	numberRE  = regexp.MustCompile(`(?i)\b(order|invoice|ticket) ([A-Z]+-\d+)`)
	productRE = regexp.MustCompile(`Text Plan [SML]|Aurel X4|Router H3`)
)

// contact reads WHEN CHANNEL [KIND] [DIRECTION] [automatic] "TEXT" and options.
func (s *script) contact(words []string) error {
	at, words, err := s.when(words)
	if err != nil {
		return err
	}
	s.n++
	members := s.customer(s.who, 1)
	c := &Contact{At: at, Profile: members[0], CustomerID: members[0].ID, Members: members, Channel: crm.Channel(words[0]), Kind: crm.KindMessage, Direction: crm.In,
		Reading: &crm.Reading{Unknown: true}}
	c.ID = crm.DerivedID(at, s.who, strconv.Itoa(s.n)).InBucket(c.Profile.Bucket)
	if c.Channel == crm.Phone {
		c.Kind = crm.KindCall
	}
	for words = words[1:]; len(words) > 0; words = words[1:] {
		arg := func() string {
			words = words[1:]
			if len(words) == 0 {
				return ""
			}
			return unquote(words[0])
		}
		switch w := words[0]; w {
		case "in", "out":
			c.Direction = crm.Direction(w)
		case "order", "event", "form", "visit", "call", "review":
			c.Kind = crm.Kind(w)
		case "note":
			c.Kind, c.Direction = crm.KindNote, crm.Inside
		case "automatic":
			c.Automatic = true
		case "agent":
			c.Agent = true
		case "subject":
			c.Subject = arg()
		case "intent":
			c.Reading.Unknown = false
			c.Reading.Intents = append(c.Reading.Intents, crm.Label{Name: arg(), Confidence: .9})
		case "effort":
			c.Reading.Effort = append(c.Reading.Effort, crm.Label{Name: arg(), Confidence: .9})
		case "asks":
			c.Reading.Asks = append(c.Reading.Asks, crm.Ask{Text: arg(), Question: true})
		case "thread":
			name := s.who + arg()
			_, c.Continued = s.threads[name]
			if !c.Continued {
				s.threads[name] = crm.DerivedID(at, name).InBucket(c.Profile.Bucket)
			}
			c.ConversationID = s.threads[name]
		case "reply":
			c.ConversationID, c.Continued = s.lastMail[s.who], true
		case "profile":
			n, _ := strconv.Atoi(arg())
			c.Profile = members[n-1]
			c.ID = c.ID.InBucket(c.Profile.Bucket)
		default:
			if w[0] != '"' {
				return fmt.Errorf("unknown word %s", w)
			}
			c.Text = unquote(w)
		}
	}
	if c.ConversationID.IsZero() && c.Kind != crm.KindEvent {
		c.ConversationID = crm.DerivedID(at, "conversation", s.who, strconv.Itoa(s.n)).InBucket(c.Profile.Bucket)
	}
	if c.Channel == crm.Mail {
		s.lastMail[s.who] = c.ConversationID
	}
	for _, m := range numberRE.FindAllStringSubmatch(c.Subject+" "+c.Text, -1) {
		c.Reading.Entities = append(c.Reading.Entities, crm.Entity{Kind: strings.ToLower(m[1]), Value: m[2]})
	}
	for _, m := range productRE.FindAllString(c.Subject+" "+c.Text, -1) {
		c.Reading.Entities = append(c.Reading.Entities, crm.Entity{Kind: "product", Value: m})
	}
	s.contacts[s.who] = append(s.contacts[s.who], c)
	s.now = later(s.now, at)
	if s.batch {
		s.waiting = append(s.waiting, c)
		return nil
	}
	s.link([]*Contact{c})
	return nil
}

// byHand does "by NAME move contact 3 to journey 1|a new journey", "split
// contacts 2 3 from journey 1", "merge journey 2 into journey 1", "set journey 1
// resolved".
func (s *script) byHand(words []string) error {
	js := s.journeys(s.names[s.who])
	journey := func(w string) crm.ID {
		n, _ := strconv.Atoi(w)
		return js[n-1].ID
	}
	contact := func(w string) crm.ID {
		n, _ := strconv.Atoi(w)
		return s.contacts[s.who][n-1].ID
	}
	ctx, author := s.t.Context(), words[1]
	switch words[2] {
	case "move":
		var to crm.ID
		if words[6] == "journey" {
			to = journey(words[7])
		}
		_, err := s.s.Move(ctx, contact(words[4]), to, author)
		return err
	case "split":
		var ids []crm.ID
		i := 4
		for ; words[i] != "from"; i++ {
			ids = append(ids, contact(words[i]))
		}
		_, err := s.s.Split(ctx, journey(words[i+2]), ids, author)
		return err
	case "merge":
		return s.s.Merge(ctx, journey(words[7-0]), journey(words[4]), author)
	case "set":
		return s.s.SetState(ctx, journey(words[4]), crm.JourneyState(words[5]), author)
	}
	return fmt.Errorf("unknown action %s", words[2])
}

// check compares the customer's journeys, and one of them, with what the script
// expects.
func (s *script) check(text string) error {
	js := s.journeys(s.names[s.who])
	var r *record
	if len(js) > 0 {
		r = js[0]
	}
	if rest, ok := strings.CutPrefix(text, "journey "); ok {
		number, facts, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(js) {
			return fmt.Errorf("there are %d journeys", len(js))
		}
		r, text = js[n-1], facts
	}
	for _, want := range splitFacts(text) {
		if err := s.fact(js, r, want); err != nil {
			return fmt.Errorf("%s: %v%s", want, err, s.describe(js))
		}
	}
	return nil
}

// splitFacts cuts at commas outside quotes.
func splitFacts(text string) []string {
	var out []string
	quoted, from := false, 0
	for i := range text {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

func (s *script) fact(js []*record, r *record, want string) error {
	words := tokens(want)
	n, _ := strconv.Atoi(words[0])
	is := func(got, want any) error {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("got %v", got)
		}
		return nil
	}
	if r == nil && want != "the last in none" && !strings.HasPrefix(words[1], "journey") {
		return fmt.Errorf("no journey")
	}
	last := s.contacts[s.who][len(s.contacts[s.who])-1]
	switch {
	case strings.HasPrefix(want, "no repeat"):
		return is(smallestWindow(r.Data.Repeat), 0)
	case words[0] == "repeat":
		return is(smallestWindow(r.Data.Repeat), words[1])
	case words[0] == "repeats":
		i, _ := strconv.Atoi(words[2])
		return is(r.Data.Repeat.Of, js[i-1].ID)
	case words[0] == "waiting":
		return is(r.State, "waiting_for_"+words[2])
	case words[0] == "open" || words[0] == "resolved" || words[0] == "abandoned":
		return is(r.State, words[0])
	case words[0] == "unanswered":
		var got []string
		for _, q := range r.Data.Unanswered {
			got = append(got, q.Text)
		}
		return is(strings.Join(got, "|"), unquote(words[1]))
	case want == "nothing unanswered":
		return is(len(r.Data.Unanswered), 0)
	case words[0] == "intent":
		return is(r.Intent, words[1])
	case words[0] == "effort":
		return is(r.Effort, words[1])
	case words[0] == "channels":
		var got []string
		for _, c := range r.Data.Channels {
			got = append(got, string(c))
		}
		return is(strings.Join(got, " "), strings.Join(words[1:], " "))
	case words[0] == "reason":
		return is(last.Link.Reason, unquote(words[1]))
	case words[0] == "because":
		return is(r.Data.Reason, unquote(words[1]))
	case words[0] == "confidence":
		return is(last.Link.Confidence, words[1])
	case want == "the last in none":
		return is(last.JourneyID.IsZero(), true)
	}
	if len(words) < 2 {
		return fmt.Errorf("unknown fact")
	}
	switch words[1] {
	case "journey", "journeys":
		return is(len(js), n)
	case "contact", "contacts":
		return is(r.Data.Contacts, n)
	case "interactions":
		return is(r.Data.Count, n)
	case "switch", "switches":
		return is(r.Data.Switches, n)
	case "days":
		return is(r.Data.LongestWait/86400, n)
	}
	return fmt.Errorf("unknown fact")
}

func (s *script) describe(js []*record) string {
	var b strings.Builder
	for i, r := range js {
		fmt.Fprintf(&b, "\n\t%d %s %q %s: %s; %d contacts, effort %v", i+1, r.Intent, r.Data.Title, r.State, r.Data.Reason, r.Data.Contacts, r.Effort)
		for _, c := range s.contacts[s.who] {
			if c.JourneyID == r.ID {
				fmt.Fprintf(&b, "\n\t\t%s %s %.40q: %.2f %s", c.At.Format("Mon 15:04"), c.Channel, c.Text, c.Link.Confidence, c.Link.Reason)
			}
		}
	}
	if i := slices.IndexFunc(s.contacts[s.who], func(c *Contact) bool { return c.JourneyID.IsZero() }); i >= 0 {
		fmt.Fprintf(&b, "\n\tcontact %d is in none", i+1)
	}
	return b.String()
}
