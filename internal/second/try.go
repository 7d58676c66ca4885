package second

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// EndpointTrial is how one part of the connection did when somebody tried it.
type EndpointTrial struct {
	Part    string  `json:"part" enum:"reading,transcription"`
	OK      bool    `json:"ok"`
	Error   Trouble `json:"error" enum:",refused,unreachable,timeout,key,missing,limited,busy,rejected,unusable,spent"`
	Detail  string  `json:"detail" doc:"For an administrator; never what the endpoint answered"`
	Model   string  `json:"model" doc:"As the endpoint names what answered"`
	Seconds float64 `json:"seconds"`
	Intent  string  `json:"intent" doc:"What it read in the sample; none: it was not sure"`
	Units   int64   `json:"units" doc:"Tokens or seconds of sound that it took"`
}

// spentBudget is a trial that the budget does not have.
const spentBudget Trouble = "spent"

// Sample is what a trial asks about: words of nobody.
const Sample = "Where is my parcel? It should have arrived last week."

// Try asks the endpoint about a sample, as it would be asked about a contact, and
// counts it. A failure of the endpoint is in the EndpointTrial, not in the error.
func (s *Service) Try(ctx context.Context) ([]EndpointTrial, error) {
	set, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	out := []EndpointTrial{}
	if set.Reading.Model != "" && set.BaseURL != "" {
		t, err := s.tryReading(ctx, &set)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if set.Transcription.Model != "" && set.BaseURL != "" {
		t, err := s.tryTranscription(ctx, &set)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (s *Service) tryReading(ctx context.Context, set *loaded) (EndpointTrial, error) {
	out := EndpointTrial{Part: Reading, Model: set.Reading.Model}
	text := understand.Redact(understand.Input{Text: Sample}, nil)
	list := choices(s.Engine.Reader())
	start := time.Now()
	got, spent, err := s.ask(ctx, set, text.Text, list)
	out.Seconds = time.Since(start).Seconds()
	var f *failure
	switch {
	case errors.Is(err, errSpent):
		out.Error = spentBudget
		return out, nil
	case errors.As(err, &f):
		out.Error, out.Detail = f.trouble, f.detail
		return out, spent.fail(ctx, f)
	case err != nil:
		return out, err
	}
	if got.model != "" {
		out.Model = store.Clean(got.model, 200)
	}
	if _, reason := got.check(list, &text); reason != "" {
		f := &failure{trouble: Unusable, detail: reason, units: got.units}
		out.Error, out.Detail = f.trouble, f.detail
		return out, spent.fail(ctx, f)
	}
	s.well(Reading)
	out.OK, out.Intent, out.Units = true, got.Intent, got.units
	if got.Intent != flow.None {
		out.Intent = s.Engine.Reader().Taxonomy().Label(got.Intent)
	}
	return out, s.DB.InTx(ctx, func(tx *store.Tx) error { return spent.settle(ctx, tx, got.units) })
}

// tone is a second of a tone as a WAV file: 16 kHz, 16 bits, one channel.
func tone() []byte {
	const rate = 16000
	out := append([]byte("RIFF"), make([]byte, 40+2*rate)...)
	copy(out[8:], "WAVEfmt ")
	copy(out[36:], "data")
	for at, v := range map[int]uint32{4: 36 + 2*rate, 16: 16, 24: rate, 28: 2 * rate, 40: 2 * rate} {
		binary.LittleEndian.PutUint32(out[at:], v)
	}
	for at, v := range map[int]uint16{20: 1, 22: 1, 32: 2, 34: 16} {
		binary.LittleEndian.PutUint16(out[at:], v)
	}
	for i := range rate {
		binary.LittleEndian.PutUint16(out[44+2*i:], uint16(int16(3000*math.Sin(2*math.Pi*440*float64(i)/rate)))) //nolint:gosec // the bits count
	}
	return out
}

func (s *Service) tryTranscription(ctx context.Context, set *loaded) (EndpointTrial, error) {
	out := EndpointTrial{Part: Transcription, Model: set.Transcription.Model}
	start := time.Now()
	got, spent, err := s.hear(ctx, set, tone())
	out.Seconds = time.Since(start).Seconds()
	var f *failure
	switch {
	case errors.Is(err, errSpent):
		out.Error = spentBudget
		return out, nil
	case errors.As(err, &f):
		out.Error, out.Detail = f.trouble, f.detail
		if spent == nil {
			return out, nil
		}
		return out, spent.fail(ctx, f)
	case err != nil:
		return out, err
	}
	s.well(Transcription)
	out.OK, out.Units = true, got.units()
	return out, s.DB.InTx(ctx, func(tx *store.Tx) error { return spent.settle(ctx, tx, got.units()) })
}
