package e2e

import (
	"bufio"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// A colleague behind another server of the same database is seen, in the
// conversation and as news of the moment.
func TestPresenceBetweenServers(t *testing.T) {
	beside(t)
	p := newPlace(t, storetest.PostgresURL(t))
	const password = "correct horse battery staple"
	file := filepath.Join(t.TempDir(), "password")
	writeFile(t, file, password)
	for _, who := range []string{"anna", "olga"} {
		if code, _, errs := rapport(t, p, "user", "create", who+"@firm.example", "--name", who, "--role", "owner", "--password-file", file); code != 0 {
			t.Fatalf("user create: %s", errs)
		}
	}
	one, two := boot(t, p, "serve"), boot(t, p, "serve")
	signIn := func(s *server, who string) *client {
		c := s.person()
		if a := c.do("POST", "/v1/session", map[string]any{"email": who + "@firm.example", "password": password}); a.status/100 != 2 {
			t.Fatalf("sign-in: %d %s", a.status, a.body)
		}
		return c
	}
	anna, olga := signIn(one, "anna"), signIn(two, "olga")
	anna.post(crm.Envelope{Source: "x", ExternalID: "1", Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: time.Now(), Text: "Is anybody there?",
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan@postvak.example"}}})
	k := cases(anna, map[string][]string{"queue": {"all"}})[0]

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, two.URL+"/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Jar: olga.http.Jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	news := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), `data: {"conversation_id":`) {
				news <- lines.Text()
			}
		}
	}()
	say := func(state string) {
		anna.do("POST", "/v1/cases/"+k.ID.String()+"/presence", map[string]any{"state": state})
	}
	eventually(t, "Olga sees Anna behind the other server", func() bool {
		say("typing")
		v := caseOf(olga, k.ID).Viewers
		return len(v) == 1 && v[0].Name == "anna" && v[0].State == "typing"
	})
	if line := <-news; !strings.Contains(line, `"state":"typing"`) || !strings.Contains(line, `"name":"anna"`) {
		t.Errorf("the stream says %s", line)
	}
	say("left")
	eventually(t, "Anna is gone", func() bool { return len(caseOf(olga, k.ID).Viewers) == 0 })
}
