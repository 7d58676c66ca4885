package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/demo"
)

// The parts of answers that the tests look at. The names are the contract.
type (
	customerRow struct {
		ID       crm.ID `json:"id"`
		Name     string `json:"name"`
		Contacts int64  `json:"contacts"`
	}
	customer struct {
		customerRow
		Profiles    int `json:"profiles"`
		Identifiers []struct {
			Kind   string `json:"kind"`
			Value  string `json:"value"`
			Status string `json:"status"`
			Shared bool   `json:"shared"`
		} `json:"identifier_list"`
	}
	interaction struct {
		ID             crm.ID       `json:"id"`
		CustomerID     crm.ID       `json:"customer_id"`
		ConversationID crm.ID       `json:"conversation_id"`
		JourneyID      crm.ID       `json:"journey_id"`
		ExternalID     string       `json:"external_id"`
		Channel        crm.Channel  `json:"channel"`
		Kind           crm.Kind     `json:"kind"`
		Direction      string       `json:"direction"`
		Automatic      bool         `json:"automatic"`
		Text           string       `json:"text"`
		Quoted         string       `json:"quoted"`
		Reading        *crm.Reading `json:"reading"`
		Link           *crm.Link    `json:"link"`
	}
	journey struct {
		ID         crm.ID           `json:"id"`
		CustomerID crm.ID           `json:"customer_id"`
		Intent     string           `json:"intent"`
		State      crm.JourneyState `json:"state"`
		Channels   []crm.Channel    `json:"channels"`
		Contacts   int64            `json:"contacts"`
		Switches   int64            `json:"switches"`
		Effort     float64          `json:"effort"`
		Unanswered []crm.Question   `json:"unanswered"`
		Repeat     *crm.Repeat      `json:"repeat"`
		Links      []crm.Link       `json:"links"`
	}
)

// find searches and wants one customer whose identifiers hold the value.
func (c *client) find(q, value string) customer {
	c.t.Helper()
	for _, row := range ask[page[customerRow]](c, "GET", "/v1/customers?q="+url.QueryEscape(q), nil).Items {
		full := ask[customer](c, "GET", "/v1/customers/"+row.ID.String(), nil)
		for _, i := range full.Identifiers {
			if i.Value == value {
				return full
			}
		}
	}
	c.t.Fatalf("a search for %q does not find %s", q, value)
	return customer{}
}

// timeline reads all pages.
func (c *client) timeline(id crm.ID) []interaction {
	c.t.Helper()
	return all[interaction](c, "/v1/customers/"+id.String()+"/timeline?limit=7")
}

func (c *client) journeys(id crm.ID) []journey {
	c.t.Helper()
	return all[journey](c, "/v1/customers/"+id.String()+"/journeys?limit=3")
}

// all reads a list page by page.
func all[T any](c *client, path string) []T {
	c.t.Helper()
	var list []T
	for next := ""; ; {
		p := ask[page[T]](c, "GET", path+next, nil)
		if list = append(list, p.Items...); p.Next == "" {
			return list
		}
		next = "&cursor=" + url.QueryEscape(p.Next)
	}
}

// TestStory is Jan's: the web order, the confirmation, her reply and her call are
// one journey; and what comes in from elsewhere appears at once.
func TestStory(t *testing.T) {
	beside(t)
	p := newPlace(t, "")
	s := boot(t, p, "demo")
	c := s.client(s.Key)
	jan := c.find("jan", demo.Jan)
	if piet := c.find("piet", demo.Piet); piet.ID == jan.ID {
		t.Error("Jan and her husband are one customer")
	}
	for _, i := range jan.Identifiers {
		if i.Value == demo.FamilyPhone && !i.Shared {
			t.Error("the family's telephone is not known as shared")
		}
	}
	plan := janJourney(c, jan.ID)
	if t.Failed() {
		return
	}
	comesIn(t, s, c, jan.ID, plan)
	s = resumes(t, s, c)
	s.stop()
	look(t, p).whole(t, "after the story")
}

// janJourney wants the journey of the story, as it stands in the demo.
func janJourney(c *client, jan crm.ID) journey {
	t := c.t
	t.Helper()
	contacts := map[crm.ID]interaction{}
	for _, x := range c.timeline(jan) {
		contacts[x.ID] = x
	}
	var found []journey
	for _, j := range c.journeys(jan) {
		has := map[string]bool{}
		for _, l := range j.Links {
			x, ok := contacts[l.InteractionID]
			if !ok {
				t.Errorf("contact %s is in a journey, but not on the timeline", l.InteractionID)
			}
			if l.Confidence <= 0 || l.Confidence > 1 || l.Reason == "" || l.JourneyID != j.ID {
				t.Errorf("the link of %s does not say why: %+v", x.ExternalID, l)
			}
			switch {
			case x.Channel == crm.Web && x.Kind == crm.KindOrder && x.ExternalID == demo.JanOrder:
				has["order"] = true
			case x.Channel == crm.Mail && x.Automatic && strings.Contains(x.Text, demo.JanOrder):
				has["confirmation"] = true
			case x.Channel == crm.Mail && x.Direction == string(crm.In) && strings.Contains(x.Text, "When does it start?"):
				has["reply"] = true
			case x.Channel == crm.Phone && x.Kind == crm.KindCall:
				has["call"] = true
			}
		}
		if len(has) == 4 {
			found = append(found, j)
		} else if len(has) > 0 {
			t.Errorf("journey %s has only a part of the story: %v", j.ID, has)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d journeys tell the story", len(found))
	}
	j := found[0]
	if j.State != crm.WaitingForUs || j.Switches < 2 || j.Contacts < 3 || j.Effort <= 0 || j.Intent == "" || j.Repeat == nil {
		t.Errorf("%+v", j)
	}
	for _, ch := range []crm.Channel{crm.Web, crm.Mail, crm.Phone} {
		if !slices.Contains(j.Channels, ch) {
			t.Errorf("channel %s is missing in %v", ch, j.Channels)
		}
	}
	if !slices.ContainsFunc(j.Unanswered, func(q crm.Question) bool { return strings.Contains(q.Text, "start") }) {
		t.Errorf("nobody knows that she asks when it starts: %+v", j.Unanswered)
	}
	return j
}

// comesIn imports a mailbox in a second process and posts a contact, while a
// stream is open, and wants both identified, threaded, read and linked.
func comesIn(t *testing.T, s *server, c *client, jan crm.ID, plan journey) {
	t.Helper()
	reply := contactOf(c, jan, func(x interaction) bool {
		return x.Channel == crm.Mail && x.Direction == string(crm.In) && x.JourneyID == plan.ID
	})
	events := c.stream("")
	defer events.close()

	now := time.Now().UTC().Truncate(time.Second)
	box := written(t, "jan.mbox", fmt.Sprintf("From %[1]s %[2]s\nFrom: Jan Meijer <%[1]s>\nTo: care@%[3]s\nSubject: Re: Your order\nDate: %[4]s\n"+
		"Message-ID: <again.1@postvak.example>\nIn-Reply-To: <%[5]s>\nReferences: <%[5]s>\n\nI still don't know: when does my text plan start?\n\n> Thanks! When does it start?\n\n",
		demo.Jan, now.Format(time.ANSIC), demo.Domain, now.Format(time.RFC1123Z), reply.ExternalID))
	begun := time.Now()
	code, out, errs := rapport(t, s.place, "import", "mbox", box, "--json")
	if sum := lastJSON[summary](t, out); code != 0 || sum.New != 1 {
		t.Fatalf("import beside the server: exit %d, %s %s", code, out, errs)
	}
	done := time.Now()
	mail := events.wait(func(e change) bool {
		return e.Type == "interaction" &&
			strings.HasPrefix(ask[interaction](c, "GET", "/v1/interactions/"+e.ID.String(), nil).ExternalID, "again.1@postvak.example")
	})
	t.Logf("a mail imported by another process is on the stream %v after its start, %v after its end", mail.at.Sub(begun).Round(time.Millisecond), mail.at.Sub(done).Round(time.Millisecond))
	got := ask[interaction](c, "GET", "/v1/interactions/"+mail.ID.String(), nil)
	if got.CustomerID != jan || got.ConversationID != reply.ConversationID || got.JourneyID != plan.ID || got.Reading == nil || got.Link == nil || got.Link.Reason == "" ||
		strings.Contains(got.Text, "Thanks!") || !strings.Contains(got.Quoted, "Thanks!") {
		t.Errorf("the mail: %+v", got)
	}

	begun = time.Now()
	r := c.post(crm.Envelope{Source: "phone", ExternalID: "call-again", Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: now.Add(time.Minute),
		Text:         "Caller asks again when text plan " + demo.JanOrder + " starts, order of last week.",
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.UserID, Value: demo.JanUserID, Verified: true}}})[0]
	call := events.wait(func(e change) bool { return e.Type == "interaction" && e.ID == r.ID })
	t.Logf("a posted contact is on the stream %v after it was sent", call.at.Sub(begun).Round(time.Millisecond))
	if r.Status != "new" || r.CustomerID != jan || r.JourneyID != plan.ID || r.ConversationID.IsZero() || r.Reading == nil || r.Reading.Language.Name != "en" {
		t.Errorf("the call: %+v", r)
	}
	if call.CustomerID != jan {
		t.Errorf("the event of the call: %+v", call)
	}
	events.wait(func(e change) bool { return e.Type == "journey" && e.ID == plan.ID })
}

func contactOf(c *client, customer crm.ID, is func(interaction) bool) interaction {
	c.t.Helper()
	for _, x := range c.timeline(customer) {
		if is(x) {
			return x
		}
	}
	c.t.Fatal("there is no such contact")
	return interaction{}
}

// resumes breaks the stream, then the server, and reads on where it stood: each
// contact that came meanwhile, once.
func resumes(t *testing.T, s *server, c *client) *server {
	t.Helper()
	crowd := newCrowd("resume", 5, 3)
	first := c.stream("")
	before := c.post(crowd.take(5)...)
	seen := first.interactions(before)
	place := first.last
	first.close()

	missed := c.post(crowd.take(20)...)
	second := c.stream(place)
	again := second.interactions(missed)
	place = second.last
	second.close()

	missedThen := c.post(crowd.take(20)...)
	s.kill()
	s = boot(t, s.place, "demo")
	third := s.client(s.Key).stream(place)
	afterRestart := third.interactions(missedThen)
	third.close()

	for id, n := range again {
		if seen[id] > 0 || n > 1 {
			t.Errorf("contact %s comes again after resuming", id)
		}
	}
	for id, n := range afterRestart {
		if seen[id]+again[id] > 0 || n > 1 {
			t.Errorf("contact %s comes again after a restart", id)
		}
	}
	a := s.client(s.Key).do("GET", "/v1/stream", nil, "Accept", "application/json", "Authorization", "Bearer wrong")
	if a.status != http.StatusUnauthorized {
		t.Errorf("a stream with a wrong key: %d", a.status)
	}
	return s
}
