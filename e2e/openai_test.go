package e2e

import (
	"context"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/second/fake"
)

// TestOpenAI shows that the endpoint which the tests of the second reader talk to
// is one for the vendor's own library, too.
func TestOpenAI(t *testing.T) {
	t.Parallel()
	dir := modules(t, "openai")
	server := httptest.NewServer(&fake.Endpoint{Key: "sk-test",
		Answer: func(r *fake.Request) fake.Reply {
			switch r.Model {
			case "limited":
				return fake.Reply{Status: 429, RetryAfter: "7"}
			case "broken":
				return fake.Reply{Status: 500}
			}
			return fake.Reply{Content: `{"intent":"refund","evidence":["money back"]}`, Tokens: 900}
		},
		Hear: func(*fake.Recording) fake.Spoken {
			return fake.Spoken{Language: "english", Seconds: 9.5, Segments: []fake.Segment{{End: 4, Speaker: "A", Text: " Halden, good morning."}, {Start: 4.5, End: 9.5, Speaker: "B", Text: " Where is my phone?"}}}
		}})
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "test")
	cmd.Dir, cmd.Env = dir, append(environment(), "ENDPOINT="+server.URL+"/v1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, tail(string(out)))
	}
}
