package match

import (
	"strings"
	"time"
	"unicode"
)

// guard keeps a customer file from showing one person's data to another. A
// family, an office and a father and son agree on nearly everything, which no
// weight of independent fields can tell from one person with a few slips. So in
// a table with full names, records are put together only when their names agree
// and a mail address or number does too, and never when names or birth dates
// contradict. Tables without full names have no guard.
type guard struct {
	name    *column
	birth   []*column
	contact []*column // mail addresses, telephones, account numbers
}

func newGuard(columns []*column, n int) guard {
	var g guard
	for _, c := range columns {
		switch {
		case c.kind == Words && g.name == nil && c.fullNames():
			g.name = c
		case c.kind == Number && c.birthDates():
			g.birth = append(g.birth, c)
		case c.kind == Mail, c.kind == Number && c.long():
			g.contact = append(g.contact, c)
		}
	}
	if g.name == nil || len(g.contact) == 0 || g.name.filled*2 < n {
		return guard{}
	}
	return g
}

// agrees reports whether the two records may be put together by themselves.
func (g guard) agrees(i, j int) bool {
	if g.name == nil {
		return true
	}
	if g.contradicts(i, j) {
		return false
	}
	born := false
	for _, c := range g.birth {
		born = born || c.compare(i, j) == 0
	}
	reached := false
	for _, c := range g.contact {
		l := c.compare(i, j)
		reached = reached || l == 0 || l == 1
	}
	a, b := g.name.of[i], g.name.of[j]
	named := a >= 0 && b >= 0 && sameName(&g.name.values[a], &g.name.values[b])
	return reached && (named || born)
}

// sameName reports whether two full names are the same but for one slip of the
// finger in one word: Maria is not Martin, and an initial is no name.
func sameName(v, w *value) bool {
	if len(v.parts) != len(w.parts) {
		return false
	}
	slips := 0
	var used [8]bool
next:
	for _, p := range v.parts {
		for slack := range 2 {
			for j, q := range w.parts {
				if j >= len(used) || used[j] || slack == 0 && !equalRunes(p, q) || slack == 1 && (min(len(p), len(q)) < 3 || !oneOff(p, q)) {
					continue
				}
				used[j] = true
				slips += slack
				continue next
			}
		}
		return false
	}
	return slips <= 1
}

// contradicts reports whether two records can't be one person: other names, or
// other birth dates.
func (g guard) contradicts(i, j int) bool {
	if g.name == nil {
		return false
	}
	if l := g.name.compare(i, j); l > 1 {
		return true
	}
	for _, c := range g.birth {
		if l := c.compare(i, j); l > 1 {
			return true
		}
	}
	return false
}

// fullNames reports whether the column holds given names together with
// surnames: mostly two to four words without a digit, with a common given name
// among them.
func (c *column) fullNames() bool {
	several, known := 0, 0
	for _, v := range c.values {
		if n := len(v.parts); n < 2 || n > 4 || strings.ContainsFunc(v.text, unicode.IsDigit) {
			continue
		}
		several += v.count
		for _, p := range v.parts {
			if givenNames[string(p)] {
				known += v.count
				break
			}
		}
	}
	return several*10 >= c.filled*7 && known*10 >= c.filled*4
}

// birthDates reports whether the numbers are dates of the last 120 years that
// spread over more than twenty.
func (c *column) birthDates() bool {
	dates, first, last := 0, 9999, 0
	for _, v := range c.values {
		t, ok := date(v.text)
		if !ok || t.Year() < 1900 || t.Year() > 2030 {
			continue
		}
		dates += v.count
		first, last = min(first, t.Year()), max(last, t.Year())
	}
	return dates*10 >= c.filled*8 && last-first > 20
}

func date(digits string) (time.Time, bool) {
	for _, layout := range []string{"20060102", "02012006", "01022006"} {
		if t, err := time.Parse(layout, digits); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// long reports whether the numbers are long enough to name somebody.
func (c *column) long() bool {
	chars := 0
	for _, v := range c.values {
		chars += len(v.runes) * v.count
	}
	return chars >= 7*c.filled
}

// givenNames are common given names of Europe and the Americas, to know a
// column of full names by.
var givenNames = func() map[string]bool {
	all := map[string]bool{}
	for _, n := range strings.Fields(`james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul
andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel
frank gregory raymond alexander patrick jack dennis jerry tyler aaron jose adam henry nathan douglas zachary peter kyle walter ethan jeremy harold keith christian roger noah
gerald carl terry sean austin arthur lawrence jesse dylan bryan joe jordan billy bruce albert willie gabriel logan alan juan wayne roy ralph randy eugene vincent russell
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda dorothy melissa
deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine debra rachel carolyn janet
catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa
ann sara madison frances kathryn janice jean abigail alice julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany
charlotte marie kayla alexis lori sophie lucy lily chloe mia ella amelia freya poppy isla harry oliver oscar archie charlie george leo jacob alfie freddie theo
jan piet kees willem hendrik johan pieter anne eva sanne lotte femke daan sem lucas levi finn bram milan luuk thijs
hans klaus uwe jurgen juergen wolfgang dieter manfred stefan andreas markus matthias martin lukas jonas felix maximilian max tim niklas philipp philip simon florian sebastian
monika petra sabine ursula renate ingrid claudia birgit heike gabriele susanne brigitte lena lea leonie greta clara ida mila nora frieda lina
jean pierre michel andre philippe alain bernard jacques francois louis nicolas camille claire isabelle nathalie sylvie monique chloe manon
jose antonio manuel francisco carlos miguel luis javier pedro pablo jorge diego alvaro carmen ana isabel dolores pilar lucia marta cristina elena rosa
giuseppe giovanni francesco marco luca matteo alessandro lorenzo giulia chiara francesca paolo sofia
joao pedro tiago rui nuno ines beatriz mariana jakub piotr krzysztof andrzej tomasz pawel marcin magdalena katarzyna agnieszka malgorzata joanna zofia
ali mohammed muhammad ahmed fatima aisha omar yusuf mehmet mustafa ayse elif wei li ming priya amit raj sunil nina alma elsa hugo emil otto anton vera ivo karim`) {
		all[n] = true
	}
	return all
}()
