package second

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/guard"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The parts that are asked for, each with its own switch, model and budget.
const (
	Reading       = "reading"
	Transcription = "transcription"
)

// EndpointPart is one thing that the endpoint is asked for.
type EndpointPart struct {
	On       bool   `json:"on"`
	Model    string `json:"model" maxLength:"200" doc:"As the endpoint calls it"`
	Requests int64  `json:"requests" minimum:"0" maximum:"10000000" doc:"A month, in UTC; 0: no limit"`
	Units    int64  `json:"units" minimum:"0" maximum:"10000000000" doc:"A month, in UTC; 0: no limit. Of a reading tokens, of a transcription seconds of sound, as the endpoint reports them, or as many as a request may take when it reports none"`
}

// Settings say where the endpoint is and what it may be asked. The zero value asks
// nothing.
type Settings struct {
	BaseURL       string       `json:"base_url" maxLength:"500" doc:"Such as http://127.0.0.1:11434/v1. A private address is reached; one of cloud metadata is not, nor a public one without https"`
	Reading       EndpointPart `json:"reading" doc:"Intents that the embedded reader is not sure of"`
	Transcription EndpointPart `json:"transcription" doc:"Recordings of talks that have no transcript. The recording leaves as it is"`
	TimeoutS      int          `json:"timeout_s" minimum:"0" maximum:"600" doc:"Seconds that a reading may take, and a transcription ten times as long. Default: 30"`
	Languages     []string     `json:"languages" maxItems:"50" nullable:"false" doc:"Only contacts in these languages leave (ISO 639-1); empty: in all"`
}

// Kept are settings as they are kept, without the key.
type Kept struct {
	Settings
	HasKey    bool      `json:"has_key"`
	Version   int64     `json:"version" doc:"0: nothing was ever set"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	UpdatedBy string    `json:"updated_by"`
}

// place is what the key is sealed for.
const place = "second reader"

// timeout is how long an answer may take.
func (s *Settings) timeout() time.Duration {
	if s.TimeoutS <= 0 {
		return 30 * time.Second
	}
	return time.Duration(s.TimeoutS) * time.Second
}

var language = regexp.MustCompile(`^[a-z]{2,3}$`)

// check trims settings and refuses what could not work.
func (s *Settings) check() error {
	s.BaseURL = strings.TrimRight(strings.TrimSpace(s.BaseURL), "/")
	for name, p := range s.parts() {
		if p.Model = strings.TrimSpace(p.Model); strings.ContainsFunc(p.Model, unicode.IsControl) {
			return refuse("/"+name+"/model", "This is not the name of a model.")
		}
		if p.On && p.Model == "" {
			return refuse("/"+name+"/model", "Name the model.")
		}
	}
	if s.BaseURL == "" {
		if s.Reading.On || s.Transcription.On {
			return refuse("/base_url", "Say where the endpoint is, such as http://127.0.0.1:11434/v1.")
		}
	} else if err := s.checkURL(); err != nil {
		return err
	}
	if s.Languages == nil {
		s.Languages = []string{}
	}
	for i, l := range s.Languages {
		if l = strings.ToLower(strings.TrimSpace(l)); !language.MatchString(l) {
			return refuse("/languages", fmt.Sprintf("%q is no language code such as en or de.", l))
		}
		s.Languages[i] = l
	}
	slices.Sort(s.Languages)
	s.Languages = slices.Compact(s.Languages)
	return nil
}

// parts are the parts by name, in their order.
func (s *Settings) parts() iter.Seq2[string, *EndpointPart] {
	return func(yield func(string, *EndpointPart) bool) {
		_ = yield(Reading, &s.Reading) && yield(Transcription, &s.Transcription)
	}
}

func (s *Settings) checkURL() error {
	u, err := guard.CheckNamed(s.BaseURL)
	if err != nil || u.RawQuery != "" || u.Fragment != "" {
		return refuse("/base_url", "This is not the address of an endpoint, such as https://api.example.com/v1, without a user and on a usual port.")
	}
	if a, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]")); err == nil && !guard.Nameable(a) {
		return refuse("/base_url", "This address is not reached from here: it is one of cloud metadata, or of no machine.")
	} else if err == nil && u.Scheme == "http" && guard.Public(a) {
		return refuse("/base_url", "A public address needs https: what is sent would travel unprotected, with the key.")
	}
	if u.Path == "" {
		s.BaseURL += "/v1"
	}
	return nil
}

// origin is the scheme and host of a URL, to which a key belongs.
func origin(base string) string {
	u, err := guard.CheckNamed(base)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

func refuse(pointer, message string) error {
	return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: message}
}

// loaded are settings with the key.
type loaded struct {
	Kept
	key string
}

func (s *Service) load(ctx context.Context) (loaded, error) {
	row, err := s.DB.Read().SecondSettings(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return loaded{Kept: Kept{Settings: Settings{Languages: []string{}}}}, nil
	}
	if err != nil {
		return loaded{}, fmt.Errorf("read the settings of the second reader: %w", err)
	}
	out := loaded{Kept: Kept{HasKey: len(row.Data) > 0, Version: row.Version, UpdatedAt: crm.FromMicros(row.UpdatedAt), UpdatedBy: row.UpdatedBy}}
	if err := json.Unmarshal([]byte(row.Settings), &out.Settings); err != nil {
		return loaded{}, fmt.Errorf("settings of the second reader: %w", err)
	}
	if len(row.Data) > 0 {
		key, err := s.Keys.Open(place, row.Data)
		if err != nil {
			return loaded{}, err
		}
		out.key = string(key)
	}
	return out, nil
}

// Settings are what is set now.
func (s *Service) Settings(ctx context.Context) (Kept, error) {
	out, err := s.load(ctx)
	return out.Kept, err
}

// Change sets it anew, against the version that its author saw. An empty key
// leaves the one that is kept, "-" removes it; a key stays with its host: another
// host needs it given again, so that nobody who may change an address learns it.
// also runs in the same transaction.
func (s *Service) Change(ctx context.Context, next Settings, key string, version int64, author string, also func(*store.Tx) error) (Kept, error) {
	if err := next.check(); err != nil {
		return Kept{}, err
	}
	if strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) || len(key) > 4000 {
		return Kept{}, refuse("/key", "This is not a key: it has blanks, or characters that no header can carry.")
	}
	old, err := s.load(ctx)
	if err != nil && key == "" {
		return Kept{}, err // a key that can't be opened must be given again
	}
	switch {
	case key == "-":
		key = ""
	case key == "" && old.key != "" && origin(old.BaseURL) != origin(next.BaseURL):
		return Kept{}, refuse("/key", "The key belongs to the host that it was given for. Give the key of the new one, or remove it.")
	case key == "":
		key = old.key
	}
	sealed := []byte{}
	if key != "" {
		sealed = s.Keys.Seal(place, []byte(key))
	}
	data, err := json.Marshal(next)
	if err != nil {
		return Kept{}, err
	}
	now := crm.Micros(s.Clock())
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		var n int64
		if version == 0 {
			n, err = tx.AddSecondSettings(ctx, sqlgen.AddSecondSettingsParams{Settings: string(data), Data: sealed, At: now, Author: author})
		} else {
			n, err = tx.PutSecondSettings(ctx, sqlgen.PutSecondSettingsParams{Settings: string(data), Data: sealed, At: now, Author: author, Version: version})
		}
		if err == nil && n == 0 {
			err = crm.Errorf(crm.Conflict, "Somebody else changed this meanwhile. Load it again.")
		}
		return errors.Join(err, also(tx))
	})
	if err != nil {
		return Kept{}, err
	}
	s.forget()
	return s.Settings(ctx)
}
