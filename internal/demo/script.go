package demo

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The scripts are text, one story after another:
//
//	= invoice-too-high lang=en weight=20
//	> mail +2h..8h end=.2
//	: Invoice $invoice | Question about my bill
//	- {Could|Can} you explain invoice $invoice? // It says $amount.
//	- My bill is too high: $amount instead of …
//	< mail
//	- I have checked it for you. …
//
// "=" begins a story with its language and its weight among the everyday ones
// (0, the default: only told by name). A step begins with who speaks: ">" the
// customer, "<" an agent, "*" the firm's machines, "~" a note among colleagues;
// then the channel and options: "+2h..8h" the wait since the step before, or
// "@6d 10:14" a fixed local time; p= the chance that the step happens at all
// (when a customer's step doesn't, those that follow on its channel don't
// either, unless they say "anyway"); end= the chance that the story ends before
// it; as= another speaker, by= the agent; the rest is read by the channel
// (channels.go, mailbox.go). ":" lines hold subjects and "-" lines texts:
// alternatives of which one is told. {a|b} chooses within a text, $name is a
// slot (facts.go, teller.go), " / " is a new line and " // " a new paragraph.
// The step "! web" tells all its lines, one event each: name | text | path.
//
//go:embed stories/*.txt
var storyFiles embed.FS

// book holds the parsed scripts. It never changes after parsing.
type book struct {
	stories  []*story
	byName   map[string]*story
	everyday map[string][]*story // by language, weight over 0
}

type story struct {
	name, lang string
	weight     int
	opts       map[string]string
	steps      []*step
}

type step struct {
	who      byte // > < * ~ !
	channel  string
	min, max time.Duration
	fixed    *[3]int // days ago, hour, minute
	opts     map[string]string
	flags    map[string]bool
	p, end   float64
	subjects []string
	texts    []string
}

var scripts = sync.OnceValue(func() *book {
	b, err := readScripts()
	if err != nil {
		panic("demo: " + err.Error()) // embedded with the program; the tests parse them
	}
	return b
})

func readScripts() (*book, error) {
	b := &book{byName: map[string]*story{}, everyday: map[string][]*story{}}
	files, err := storyFiles.ReadDir("stories")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		data, err := storyFiles.ReadFile("stories/" + f.Name())
		if err != nil {
			return nil, err
		}
		if err := b.read(string(data)); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	for _, s := range b.stories {
		if s.weight > 0 {
			b.everyday[s.lang] = append(b.everyday[s.lang], s)
		}
	}
	return b, nil
}

func (b *book) read(data string) error {
	var cur *story
	var last *step
	for i, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		rest := strings.TrimSpace(line[1:])
		var err error
		switch c := line[0]; c {
		case '=':
			cur, err = readStory(rest)
			if err == nil && b.byName[cur.name+"/"+cur.lang] != nil {
				err = fmt.Errorf("story %q appears twice", cur.name)
			}
			if err == nil {
				b.stories = append(b.stories, cur)
				b.byName[cur.name+"/"+cur.lang] = cur
			}
		case '>', '<', '*', '~', '!':
			if cur == nil {
				return fmt.Errorf("line %d: a step before any story", i+1)
			}
			last, err = readStep(c, rest)
			if err == nil {
				cur.steps = append(cur.steps, last)
			}
		case ':', '-':
			if last == nil {
				return fmt.Errorf("line %d: a text before any step", i+1)
			}
			if c == ':' {
				for _, s := range strings.Split(rest, " | ") {
					last.subjects = append(last.subjects, strings.TrimSpace(s))
				}
			} else {
				rest = strings.ReplaceAll(rest, " // ", "\n\n")
				last.texts = append(last.texts, strings.ReplaceAll(rest, " / ", "\n"))
			}
		default:
			err = fmt.Errorf("can't read %q", line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

func readStory(head string) (*story, error) {
	f := strings.Fields(head)
	if len(f) == 0 {
		return nil, fmt.Errorf("a story without a name")
	}
	s := &story{name: f[0], lang: "en", opts: map[string]string{}}
	for _, o := range f[1:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "lang":
			s.lang = v
		case "weight":
			n, err := strconv.Atoi(v)
			if err != nil {
				return nil, err
			}
			s.weight = n
		default:
			s.opts[k] = v
		}
	}
	return s, nil
}

func readStep(who byte, head string) (*step, error) {
	f := strings.Fields(head)
	if len(f) == 0 {
		return nil, fmt.Errorf("a step without a channel")
	}
	s := &step{who: who, channel: f[0], opts: map[string]string{}, flags: map[string]bool{}, p: 1}
	s.min, s.max = usualWait(who, s.channel)
	for i := 1; i < len(f); i++ {
		o := f[i]
		var err error
		switch k, v, isOption := strings.Cut(o, "="); {
		case o[0] == '+':
			s.min, s.max, err = readWait(o[1:])
		case o[0] == '@':
			i++
			if i == len(f) {
				return nil, fmt.Errorf("%s needs a time", o)
			}
			s.fixed = new([3]int)
			_, err = fmt.Sscanf(o+" "+f[i], "@%dd %d:%d", &s.fixed[0], &s.fixed[1], &s.fixed[2])
		case !isOption:
			s.flags[o] = true
		case k == "p":
			s.p, err = strconv.ParseFloat(v, 64)
		case k == "end":
			s.end, err = strconv.ParseFloat(v, 64)
		default:
			s.opts[k] = v
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
	}
	return s, nil
}

// readWait reads "2h..8h", "3d..9d" or a single duration.
func readWait(s string) (from, to time.Duration, err error) {
	a, b, ranged := strings.Cut(s, "..")
	if from, err = readDuration(a); err != nil {
		return 0, 0, err
	}
	if !ranged {
		return from, from + from/4, nil
	}
	to, err = readDuration(b)
	return from, to, err
}

// readDuration is time.ParseDuration with days.
func readDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}
