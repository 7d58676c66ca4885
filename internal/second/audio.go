package second

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/store"
)

// spoken is the answer of POST /audio/transcriptions, in each of the forms that are
// asked for: https://platform.openai.com/docs/api-reference/audio/createTranscription
type spoken struct {
	Text     string  `json:"text"`
	Duration seconds `json:"duration"`
	Segments []struct {
		Start   float64 `json:"start"`
		End     float64 `json:"end"`
		Text    string  `json:"text"`
		Speaker string  `json:"speaker"`
	} `json:"segments"`
	Usage struct {
		Type    string  `json:"type"`
		Seconds seconds `json:"seconds"`
	} `json:"usage"`
}

// seconds are a number, which some servers write as text.
type seconds float64

// UnmarshalJSON reads either.
func (s *seconds) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if string(data) == "null" || err == nil && (v < 0 || v > 1e6 || math.IsNaN(v)) {
		return nil
	}
	*s = seconds(v)
	return err
}

// maxSeconds bounds a talk: a day.
const maxSeconds = 24 * 60 * 60

// units are the seconds that a transcription took; 0: nobody says.
func (s *spoken) units() int64 {
	n := max(s.Usage.Seconds, s.Duration)
	if len(s.Segments) > 0 {
		n = max(n, seconds(s.Segments[len(s.Segments)-1].End))
	}
	return int64(math.Ceil(math.Min(float64(n), maxSeconds)))
}

// forms are the forms of an answer, the richest first. A model that parts speakers
// is known by its name, as with the vendor.
func forms(model string) []string {
	if strings.Contains(strings.ToLower(model), "diari") {
		return []string{"diarized_json", "verbose_json", "json"}
	}
	return []string{"verbose_json", "json"}
}

// hear sends a recording, in a poorer form when the endpoint does not know the
// richer. Each request is counted before it leaves.
func (s *Service) hear(ctx context.Context, set *loaded, sound []byte) (spoken, *spend, error) {
	ending, kind, ok := files.Audio(sound)
	if !ok {
		return spoken{}, nil, &failure{trouble: Rejected, detail: "the file is no recording that can be read: wav, mp3, m4a, ogg, webm or flac"}
	}
	all := forms(set.Transcription.Model)
	for n, form := range all {
		body, contentType, err := audioForm(set.Transcription.Model, form, "call."+ending, kind, sound)
		if err != nil {
			return spoken{}, nil, err
		}
		spent, err := s.reserve(ctx, Transcription, &set.Transcription, lengthOf(sound))
		if err != nil {
			return spoken{}, nil, err
		}
		var out spoken
		f := s.post(ctx, set, 10*set.timeout(), "/audio/transcriptions", contentType, body, &out)
		if f == nil {
			return out, spent, nil
		}
		if f.trouble != Rejected || n+1 == len(all) {
			return spoken{}, spent, f
		}
		if err := spent.fail(ctx, f); err != nil {
			return spoken{}, nil, err
		}
	}
	return spoken{}, nil, &failure{trouble: Rejected, detail: "no form of an answer suits it"}
}

// audioForm is the form that carries a recording.
func audioForm(model, form, name, kind string, sound []byte) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	fields := [][2]string{{"model", model}, {"response_format", form}}
	switch form {
	case "verbose_json":
		fields = append(fields, [2]string{"timestamp_granularities[]", "segment"})
	case "diarized_json":
		fields = append(fields, [2]string{"chunking_strategy", "auto"})
	}
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="file"; filename="`+name+`"`)
	h.Set("Content-Type", kind)
	p, err := w.CreatePart(h)
	if err == nil {
		_, err = p.Write(sound)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

// lengthOf is about how many seconds a recording has: of a WAV file by its header,
// of others at 32 kbit/s, which few calls are below.
func lengthOf(sound []byte) int64 {
	rate := 4000
	if len(sound) > 44 && string(sound[8:12]) == "WAVE" {
		if n := binary.LittleEndian.Uint32(sound[28:32]); n >= 1000 && n < 1<<24 {
			rate = int(n)
		}
	}
	return int64(len(sound)/rate) + 1
}

// webVTT writes an answer down as a transcript, and says who is likely on which
// side; a talk without words is none. Of two voices the first one took the call:
// the firm's when the customer called, the customer's when the firm did.
func (s *spoken) webVTT(direction crm.Direction) (text string, sides map[string]crm.Side, ok bool) {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	var voices []string
	cue := func(start, end float64, voice, words string) {
		words = strings.Join(strings.Fields(words), " ")
		voice = strings.Join(strings.Fields(strings.Map(func(c rune) rune {
			if strings.ContainsRune("<>&\n\r", c) {
				return -1
			}
			return c
		}, voice)), " ")
		if voice = store.Clean(voice, 80); words == "" {
			return
		}
		start = math.Max(0, math.Min(start, maxSeconds))
		end = math.Max(start, math.Min(end, maxSeconds))
		fmt.Fprintf(&b, "\n%s --> %s\n", stamp(start), stamp(end+.001))
		if voice != "" {
			fmt.Fprintf(&b, "<v %s>", voice)
			if !slices.Contains(voices, voice) {
				voices = append(voices, voice)
			}
		}
		b.WriteString(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(words) + "\n")
		ok = true
	}
	for _, x := range s.Segments {
		cue(x.Start, x.End, x.Speaker, x.Text)
	}
	if !ok {
		cue(0, float64(s.Duration), "", s.Text)
	}
	sides = map[string]crm.Side{}
	if len(voices) == 2 && direction != crm.Inside {
		sides[voices[0]], sides[voices[1]] = crm.AgentSide, crm.CustomerSide
		if direction == crm.Out {
			sides[voices[0]], sides[voices[1]] = crm.CustomerSide, crm.AgentSide
		}
	}
	return b.String(), sides, ok
}

// stamp is a time of WebVTT.
func stamp(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(time.Millisecond)
	return fmt.Sprintf("%02d:%02d:%02d.%03d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60, d.Milliseconds()%1000)
}

func sidesJSON(sides map[string]crm.Side) (string, error) {
	data, err := json.Marshal(sides)
	return string(data), err
}
