package fake

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Spoken is what the endpoint hears in a recording.
type Spoken struct {
	Status     int
	RetryAfter string
	Delay      time.Duration
	Language   string // in words, as the vendor's
	Seconds    float64
	Segments   []Segment
	Raw        string // the whole body in place of the documented one
}

// Segment is a stretch of a recording.
type Segment struct {
	Start, End float64
	Speaker    string
	Text       string
}

// Recording is a request for a transcription as it came in.
type Recording struct {
	Model, Format, Name, Language, Chunking string
	Granularities                           []string
	Audio                                   []byte
}

// audioFormats are the endings of names that the vendor takes.
var audioFormats = []string{".flac", ".mp3", ".mp4", ".mpeg", ".mpga", ".m4a", ".ogg", ".wav", ".webm"}

// maxAudio is the vendor's limit of a file.
const maxAudio = 25 << 20

// transcribe checks a request of POST /v1/audio/transcriptions and answers it.
func (e *Endpoint) transcribe(w http.ResponseWriter, contentType string, in *Request) {
	bad := func(param, message string) {
		fail(w, http.StatusBadRequest, "invalid_request_error", "", param, message)
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		bad("", "The body is not multipart/form-data.")
		return
	}
	r := &Recording{}
	form := multipart.NewReader(bytes.NewReader(in.Body), params["boundary"])
	for {
		p, err := form.NextPart()
		if err != nil {
			break
		}
		data, err := io.ReadAll(p)
		if err != nil {
			bad("", "The body is broken.")
			return
		}
		switch p.FormName() {
		case "file":
			r.Name, r.Audio = p.FileName(), data
		case "model":
			r.Model = string(data)
		case "response_format":
			r.Format = string(data)
		case "language":
			r.Language = string(data)
		case "chunking_strategy":
			r.Chunking = string(data)
		case "timestamp_granularities[]":
			r.Granularities = append(r.Granularities, string(data))
		}
	}
	in.Model, in.Recording = r.Model, r
	diarize := strings.Contains(r.Model, "diarize")
	switch {
	case r.Model == "":
		bad("model", "you must provide a model parameter")
	case len(r.Audio) == 0:
		bad("file", "Audio file might be corrupted or unsupported")
	case len(r.Audio) > maxAudio:
		fail(w, http.StatusRequestEntityTooLarge, "invalid_request_error", "", "", "Maximum content size limit exceeded")
	case !slices.Contains(audioFormats, strings.ToLower(path.Ext(r.Name))):
		bad("file", "Unrecognized file format.")
	case diarize && r.Chunking == "":
		bad("chunking_strategy", "chunking_strategy is required for diarization models")
	case r.Format == "diarized_json" && !diarize, r.Format == "verbose_json" && strings.HasPrefix(r.Model, "gpt-"), len(r.Granularities) > 0 && r.Format != "verbose_json":
		bad("response_format", "response_format '"+r.Format+"' is not compatible with model '"+r.Model+"'.")
	default:
		s := e.Hear(r)
		e.reply(w, Reply{Status: s.Status, RetryAfter: s.RetryAfter, Delay: s.Delay, Raw: s.Raw}, spoken(r, s))
	}
}

// spoken is a transcription in the form that was asked for.
func spoken(r *Recording, s Spoken) any {
	var texts []string
	segments := []any{}
	for i, x := range s.Segments {
		texts = append(texts, strings.TrimSpace(x.Text))
		if r.Format == "diarized_json" {
			segments = append(segments, map[string]any{"type": "transcript.text.segment", "id": "seg_" + string(rune('a'+i%26)), "start": x.Start, "end": x.End, "text": x.Text, "speaker": x.Speaker})
			continue
		}
		segments = append(segments, map[string]any{"id": i, "seek": 0, "start": x.Start, "end": x.End, "text": x.Text, "tokens": []int{50364}, "temperature": 0,
			"avg_logprob": -.28, "compression_ratio": 1.2, "no_speech_prob": .009})
	}
	text := strings.Join(texts, " ")
	used := map[string]any{"type": "duration", "seconds": s.Seconds}
	switch r.Format {
	case "diarized_json":
		return map[string]any{"task": "transcribe", "duration": s.Seconds, "text": text, "segments": segments, "usage": used}
	case "verbose_json":
		return map[string]any{"task": "transcribe", "language": s.Language, "duration": s.Seconds, "text": text, "segments": segments, "usage": used}
	}
	return map[string]any{"text": text, "usage": used}
}
