package email

import (
	"strings"
	"unicode"
)

// StripReply splits a message into what its writer wrote now and the rest:
// quoted history, forwarded messages, and signatures, in their order. Line by
// line, nothing but white space at the ends is lost. When nothing would stay
// visible, everything is.
func StripReply(text string) (visible, quoted string) {
	return stripReply(text, newBudget(defaultDeadline))
}

func stripReply(text string, b *budget) (visible, quoted string) {
	s := stripper{lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), budget: b, tries: maxTries}
	s.quoted = make([]bool, len(s.lines))
	s.run()
	var keep, rest strings.Builder
	for i, line := range s.lines {
		to := &keep
		if s.quoted[i] {
			to = &rest
		}
		to.WriteString(strings.TrimRight(line, "\r"))
		to.WriteByte('\n')
	}
	visible = strings.TrimRightFunc(strings.Trim(keep.String(), "\n"), unicode.IsSpace)
	quoted = strings.TrimRightFunc(strings.Trim(rest.String(), "\n"), unicode.IsSpace)
	if !hasVisible(visible) {
		return strings.TrimRightFunc(strings.Trim(strings.Join(s.lines, "\n"), "\n"), unicode.IsSpace), ""
	}
	return visible, quoted
}

// hasVisible reports a letter, digit, sign or picture; blanks and invisible
// characters are none.
func hasVisible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != '\u00ad' && r != '\u034f'
	})
}

// maxTries bounds the costly looks for attributions and header blocks in one
// text; a real mail has a handful of candidates.
const maxTries = 4000

// stripper classifies the lines of one text.
type stripper struct {
	lines  []string
	quoted []bool
	budget *budget
	tries  int
}

func (s *stripper) run() {
	for i := 0; i < len(s.lines); {
		line := s.lines[i]
		if !s.budget.spend(len(line)) {
			return
		}
		t := strings.TrimSpace(line)
		switch {
		case t == "":
			i++
		case isQuoteLine(t):
			s.quoted[i] = true
			i++
		case isSeparator(t) || s.headerBlock(i):
			s.cutFrom(i)
			return
		case isSignatureMark(line) && s.signatureFits(i):
			i = s.markSignature(i)
		case isDeviceLine(t) && s.endsHere(i+1):
			s.quoted[i] = true
			i++
		default:
			n, sure := s.attribution(i)
			if n == 0 {
				i++
				continue
			}
			next := s.nextText(i + n)
			if next < len(s.lines) && isQuoteLine(strings.TrimSpace(s.lines[next])) {
				s.markRange(i, next)
				i = next
				continue
			}
			if sure && next < len(s.lines) {
				s.cutFrom(i)
				return
			}
			i += n
		}
	}
}

// cutFrom makes everything from i on quoted, with a ruler just before it.
func (s *stripper) cutFrom(i int) {
	for j := i - 1; j >= 0; j-- {
		t := strings.TrimSpace(s.lines[j])
		if t == "" {
			continue
		}
		if isRuler(t) {
			i = j
		}
		break
	}
	s.markRange(i, len(s.lines))
}

func (s *stripper) markRange(from, to int) {
	for ; from < to; from++ {
		s.quoted[from] = true
	}
}

// nextText is the next line at or after i that is not blank.
func (s *stripper) nextText(i int) int {
	for i < len(s.lines) && strings.TrimSpace(s.lines[i]) == "" {
		i++
	}
	return i
}

// endsHere reports that after line i nothing of the writer follows: only
// blanks, then the end or history.
func (s *stripper) endsHere(i int) bool {
	i = s.nextText(i)
	if i >= len(s.lines) {
		return true
	}
	return s.historyAt(i)
}

// historyAt reports that history begins at line i.
func (s *stripper) historyAt(i int) bool {
	t := strings.TrimSpace(s.lines[i])
	if t == "" {
		return false
	}
	if isQuoteLine(t) || isSeparator(t) || isRuler(t) || s.headerBlock(i) {
		return true
	}
	n, _ := s.attribution(i)
	return n > 0
}

// isSignatureMark is the "-- " line of RFC 3676 4.3. The blank is often lost.
func isSignatureMark(line string) bool {
	return strings.TrimRight(line, " \r\u00a0") == "--"
}

// signatureFits guards against a dash line in the middle of a text: without
// the exact mark, at most 12 lines may follow before history or the end.
func (s *stripper) signatureFits(i int) bool {
	if strings.TrimRight(s.lines[i], "\r") == "-- " {
		return true
	}
	for n := 0; n <= 12 && s.tries > 0; n++ {
		s.tries--
		i++
		if i >= len(s.lines) || s.historyAt(i) {
			return true
		}
	}
	return false
}

// markSignature marks from the signature mark to the history or the end, and
// returns where that is.
func (s *stripper) markSignature(i int) int {
	for {
		s.quoted[i] = true
		i++
		if i >= len(s.lines) || s.historyAt(i) {
			return i
		}
	}
}
