package fake

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Reply is what the endpoint says.
type Reply struct {
	Status     int           // default: 200
	RetryAfter string        // header, of 429 and 503
	Delay      time.Duration // before the first byte
	Content    string        // of the message
	Refusal    string
	Finish     string // default: stop
	Tokens     int64  // in all; 0: no usage, as of servers that count none
	Raw        string // the whole body in place of the documented one
}

// Request is a request as it came in.
type Request struct {
	Path          string
	Authorization string
	Body          []byte

	Model    string
	Messages []Message
	Schema   bool

	Recording *Recording // of a transcription
}

// Message is one message of a chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Text is what the customer wrote, as the last message of the user gives it.
func (r *Request) Text() string {
	var in struct {
		Message string `json:"message"`
	}
	if n := len(r.Messages); n == 0 || json.Unmarshal([]byte(r.Messages[n-1].Content), &in) != nil {
		return ""
	}
	return in.Message
}

// Endpoint is the server. Key, when it is set, is what a request must carry.
type Endpoint struct {
	Key      string
	NoSchema bool // it knows no response_format, as older servers
	Answer   func(*Request) Reply
	Hear     func(*Recording) Spoken

	mu   sync.Mutex
	seen []Request
}

// Requests are those that came in so far.
func (e *Endpoint) Requests() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.seen)
}

// ServeHTTP answers below /v1.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		return
	}
	in := &Request{Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Body: body}
	defer func() {
		e.mu.Lock()
		e.seen = append(e.seen, *in)
		e.mu.Unlock()
	}()
	switch {
	case e.Key != "" && in.Authorization != "Bearer "+e.Key:
		fail(w, http.StatusUnauthorized, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided.")
	case r.Method == http.MethodPost && r.URL.Path == "/v1/chat/completions":
		e.chat(w, in)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/audio/transcriptions":
		e.transcribe(w, r.Header.Get("Content-Type"), in)
	default:
		fail(w, http.StatusNotFound, "invalid_request_error", "", "", "Invalid URL ("+r.Method+" "+r.URL.Path+")")
	}
}

var schemaName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// chat checks a request of POST /v1/chat/completions and answers it.
func (e *Endpoint) chat(w http.ResponseWriter, in *Request) {
	var req struct {
		Model     string    `json:"model"`
		Messages  []Message `json:"messages"`
		MaxTokens *int      `json:"max_tokens"`
		MaxNew    *int      `json:"max_completion_tokens"`
		Format    *struct {
			Type   string `json:"type"`
			Schema *struct {
				Name   string         `json:"name"`
				Strict bool           `json:"strict"`
				Schema map[string]any `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	bad := func(param, message string) {
		fail(w, http.StatusBadRequest, "invalid_request_error", "", param, message)
	}
	if json.Unmarshal(in.Body, &req) != nil {
		bad("", "We could not parse the JSON body of your request.")
		return
	}
	in.Model, in.Messages, in.Schema = req.Model, req.Messages, req.Format != nil
	switch {
	case req.Model == "":
		bad("model", "you must provide a model parameter")
		return
	case len(req.Messages) == 0:
		bad("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1.")
		return
	case req.MaxTokens != nil && req.MaxNew != nil:
		bad("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
		return
	case req.Format != nil && e.NoSchema:
		bad("response_format", "response_format is not supported")
		return
	}
	for _, m := range req.Messages {
		if !slices.Contains([]string{"system", "developer", "user", "assistant", "tool"}, m.Role) {
			bad("messages", "Invalid value: '"+m.Role+"'.")
			return
		}
	}
	if f := req.Format; f != nil && f.Type == "json_schema" {
		if f.Schema == nil || !schemaName.MatchString(f.Schema.Name) {
			bad("response_format.json_schema.name", "Missing required parameter: 'response_format.json_schema.name'.")
			return
		}
		if f.Schema.Strict && !strict(f.Schema.Schema) {
			bad("response_format", "Invalid schema for response_format '"+f.Schema.Name+"'.")
			return
		}
	}
	a := e.Answer(in)
	e.reply(w, a, completion(in.Model, a))
}

// strict reports whether a schema keeps the rules of structured outputs: every
// object closes itself, and requires all of its properties.
func strict(s map[string]any) bool {
	if s["type"] == "object" {
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		if s["additionalProperties"] != false || len(required) != len(properties) {
			return false
		}
		for _, p := range properties {
			if m, ok := p.(map[string]any); !ok || !strict(m) {
				return false
			}
		}
	}
	if s["type"] == "array" {
		items, ok := s["items"].(map[string]any)
		return ok && strict(items)
	}
	return true
}

func completion(model string, a Reply) any {
	finish := a.Finish
	if finish == "" {
		finish = "stop"
	}
	message := map[string]any{"role": "assistant", "content": a.Content, "refusal": nil, "annotations": []any{}}
	if a.Refusal != "" {
		message["content"], message["refusal"] = nil, a.Refusal
	}
	out := map[string]any{"id": "chatcmpl-fake", "object": "chat.completion", "created": 1741569952, "model": model,
		"choices":      []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}},
		"service_tier": "default", "system_fingerprint": nil}
	if a.Tokens > 0 {
		out["usage"] = map[string]any{"prompt_tokens": a.Tokens - a.Tokens/10, "completion_tokens": a.Tokens / 10, "total_tokens": a.Tokens}
	}
	return out
}

func (e *Endpoint) reply(w http.ResponseWriter, a Reply, body any) {
	time.Sleep(a.Delay)
	if a.RetryAfter != "" {
		w.Header().Set("Retry-After", a.RetryAfter)
	}
	switch {
	case a.Status == http.StatusTooManyRequests:
		fail(w, a.Status, "requests", "rate_limit_exceeded", "", "Rate limit reached.")
	case a.Status >= 400:
		fail(w, a.Status, "server_error", "", "", "The server had an error while processing your request. SECRET OF THE SERVER")
	case a.Raw != "":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, a.Raw)
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(body) // the other side may be gone
	}
}

// fail answers an error in the vendor's form.
func fail(w http.ResponseWriter, status int, kind, code, param, message string) {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "req_fake"+strconv.Itoa(status))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": strings.TrimSpace(message), "type": kind, "param": orNull(param), "code": orNull(code)}})
}
