package webvtt

import (
	"cmp"
	"errors"
	"html"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a file. Three hours of talk have about 3,000 cues and 300 kB.
const (
	MaxSize = 8 << 20 // bytes
	MaxCues = 20_000  // what is over is left out and counted
)

// What is wrong with a file as a whole.
var (
	ErrHeader = errors.New("it is no WebVTT file: the first line must begin with WEBVTT")
	ErrSize   = errors.New("it is larger than 8 MB")
	ErrEmpty  = errors.New("it holds no cue with words and times")
)

// File is what a file says.
type File struct {
	Cues   []Cue // in order of their starts
	Broken int   // cues left out because their times can't be read
	Over   int   // cues left out because there are too many
}

// Cue is what was said from Start to End.
type Cue struct {
	ID         string
	Start, End time.Duration
	Spans      []Span // at least one
}

// Span is what one voice says in a cue; no voice: the file does not say whose.
type Span struct{ Voice, Text string }

// Parse reads a file.
func Parse(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, ErrSize
	}
	// 4.1: UTF-8 with U+FFFD for what is none and for NUL, line ends made one.
	text := strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(text)
	rest, ok := strings.CutPrefix(text, "WEBVTT")
	if !ok || rest != "" && strings.IndexByte(" \t\n", rest[0]) < 0 {
		return nil, ErrHeader
	}
	lines := strings.Split(rest, "\n")[1:]
	f := &File{}
	p := &parser{lines: lines}
	if len(lines) > 0 && lines[0] != "" {
		p.block(f, true) // metadata of the header
	}
	for p.at < len(p.lines) {
		if p.lines[p.at] == "" {
			p.at++
			continue
		}
		p.block(f, false)
	}
	if len(f.Cues) == 0 {
		return nil, ErrEmpty
	}
	slices.SortStableFunc(f.Cues, func(a, b Cue) int { return cmp.Compare(a.Start, b.Start) })
	return f, nil
}

type parser struct {
	lines []string
	at    int
}

// block collects a block: a cue, or a note, a style or a region, which have no
// line of times in the first two lines and are skipped. It ends at an empty line
// or at the times of the next cue.
func (p *parser) block(f *File, header bool) {
	var id string
	var cue *Cue
	arrow := false
	from := p.at
	var text []string
	for ; p.at < len(p.lines) && p.lines[p.at] != ""; p.at++ {
		line := p.lines[p.at]
		if strings.Contains(line, "-->") {
			if header || arrow || p.at-from > 1 {
				break // the times of the next cue
			}
			arrow = true
			if p.at > from {
				id = strings.TrimSpace(p.lines[from])
			}
			if start, end, ok := times(line); ok {
				cue = &Cue{ID: id, Start: start, End: end}
			}
			continue
		}
		if arrow {
			text = append(text, line)
		}
	}
	switch {
	case !arrow:
	case cue == nil:
		f.Broken++
	default:
		if cue.Spans = spans(strings.Join(text, "\n")); len(cue.Spans) == 0 {
			return // nothing is said in it
		}
		if len(f.Cues) == MaxCues {
			f.Over++
			return
		}
		f.Cues = append(f.Cues, *cue)
	}
}

// times reads the times of a cue; settings after them say where it is shown.
func times(line string) (start, end time.Duration, ok bool) {
	before, after, _ := strings.Cut(line, "-->")
	if start, ok = timestamp(strings.Trim(before, " \t\f")); !ok {
		return 0, 0, false
	}
	f := strings.Fields(after)
	if len(f) == 0 {
		return 0, 0, false
	}
	end, ok = timestamp(f[0])
	return start, end, ok
}

// timestamp reads hh:mm:ss.ttt, or mm:ss.ttt, section 6.3.
func timestamp(s string) (time.Duration, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, false
	}
	hours := 0
	if len(parts) == 3 {
		var ok bool
		if hours, ok = number(parts[0], 1, 6); !ok {
			return 0, false
		}
		parts = parts[1:]
	}
	minutes, ok := number(parts[0], 2, 2)
	if !ok || minutes > 59 {
		return 0, false
	}
	whole, part, found := strings.Cut(parts[1], ".")
	seconds, ok := number(whole, 2, 2)
	millis, fine := number(part, 3, 3)
	if !ok || !fine || !found || seconds > 59 {
		return 0, false
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second +
		time.Duration(millis)*time.Millisecond, true
}

// number reads a number of so many ASCII digits.
func number(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// maxVoice bounds the name of a voice, in bytes.
const maxVoice = 200

// spans takes the words out of the text of a cue, section 6.4: tags are dropped,
// the voice of a v tag holds until it ends, and references become characters.
func spans(text string) []Span {
	var out []Span
	voice := ""
	add := func(words string) {
		words = plain(words)
		if words == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Voice == voice {
			out[n-1].Text += " " + words
			return
		}
		out = append(out, Span{voice, words})
	}
	var words strings.Builder // of the voice, across tags that only dress them
	for text != "" {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			words.WriteString(text)
			break
		}
		words.WriteString(text[:open])
		tag, rest, closed := strings.Cut(text[open+1:], ">")
		if !closed {
			break // a tag that never ends: the standard reads it to the end as one
		}
		text = rest
		switch tag[:end(tag)] {
		case "v":
			add(words.String())
			words.Reset()
			voice = ""
			if at := strings.IndexAny(tag, " \t\n\f"); at >= 0 {
				voice = short(plain(tag[at:]))
			}
		case "/v":
			add(words.String())
			words.Reset()
			voice = ""
		}
	}
	add(words.String())
	return out
}

// end is where the name of a tag ends.
func end(tag string) int {
	if n := strings.IndexAny(tag, ". \t\n\f"); n >= 0 {
		return n
	}
	return len(tag)
}

// plain is text with its references read and its blanks joined.
func plain(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }

func short(s string) string {
	if len(s) <= maxVoice {
		return s
	}
	n := maxVoice
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
