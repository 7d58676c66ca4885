package match

import (
	"fmt"
	"slices"
	"testing"
)

func TestPersonsCompare(t *testing.T) {
	t.Parallel()
	m := Persons()
	p := func(name, mail, phone string) Person {
		out := Person{Name: name}
		if mail != "" {
			out.Mails = []string{mail}
		}
		if phone != "" {
			out.Phones = []string{phone}
		}
		return out
	}
	for _, c := range []struct {
		what string
		a, b Person
		same bool
	}{
		{"a slip in the address", p("Anna Weber", "anna.weber@x.example", ""), p("Anna Weber", "ana.weber@x.example", ""), true},
		{"the same phone, name the other way round", p("Anna Weber", "", "+4915112345678"), p("Weber, Anna", "aw@y.example", "+4915112345678"), true},
		{"colleagues", p("Anna Weber", "anna@firm.example", ""), p("Otto Brand", "otto@firm.example", ""), false},
		{"one name, nothing else in common", p("Jan Smith", "jan1@x.example", "+4915112345678"), p("Jan Smith", "smith@y.example", "+4916087654321"), false},
		{"nothing known", Person{}, Person{}, false},
	} {
		bits, _ := m.Compare(c.a, c.b, 2)
		if got := Probability(bits) >= .8; got != c.same {
			t.Errorf("%s: %.3f", c.what, Probability(bits))
		}
		if back, _ := m.Compare(c.b, c.a, 2); back != bits {
			t.Errorf("%s: %.2f bits, the other way %.2f", c.what, bits, back)
		}
	}
	common, _ := m.Compare(p("Jan Smith", "", "+4915112345678"), p("Jan Smith", "", "+4915112345679"), 900)
	rare, _ := m.Compare(p("Jan Smith", "", "+4915112345678"), p("Jan Smith", "", "+4915112345679"), 1)
	if rare <= common {
		t.Error("a rare name must count more")
	}
}

// What agreement is worth depends on how many customers there are: among many a
// name alone is that of two people, while an address or a number says the same
// in a firm of any size.
func TestTheSizeOfTheFirmCounts(t *testing.T) {
	t.Parallel()
	a := Person{Name: "Anna Weber", Mails: []string{"anna.weber@x.example"}, Phones: []string{"+4915112345678"}}
	for _, c := range []struct {
		what string
		b    Person
		few  bool // asked about in a firm of 500
		many bool // of a million
	}{
		{"a name that nobody else bears, and nothing else known", Person{Name: "Anna Weber"}, true, false},
		{"a name, another address", Person{Name: "Anna Weber", Mails: []string{"quist@y.example"}}, false, false},
		{"a name, one slip in the address", Person{Name: "Anna Weber", Mails: []string{"anna.webr@x.example"}}, true, true},
		{"a name and the number, another address", Person{Name: "Anna Weber", Mails: []string{"quist@y.example"}, Phones: a.Phones}, true, true},
		{"nearly the name, and the number", Person{Name: "Ana Weber", Phones: a.Phones}, true, true},
		{"a similar address, another name", Person{Name: "Anna Wenzel", Mails: []string{"anna.wenzel@x.example"}}, false, false},
	} {
		for people, want := range map[int]bool{500: c.few, 1_000_000: c.many} {
			m := Persons()
			m.People = people
			if bits, steps := m.Compare(a, c.b, 2); (Probability(bits) >= .8) != want {
				t.Errorf("%s, among %d: %.3f %+v", c.what, people, Probability(bits), steps)
			}
		}
	}
}

// Names and addresses of a series differ in nothing but a number: each is
// another one.
func TestASeriesIsManyPeople(t *testing.T) {
	t.Parallel()
	m := Persons()
	for _, people := range []int{10, 10_000} {
		m.People = people
		for n := range 60 {
			a := Person{Name: fmt.Sprintf("Writer %d", n), Mails: []string{fmt.Sprintf("writer.%d@post%d.example", n, n%9)}}
			b := Person{Name: fmt.Sprintf("Writer %d", n+1), Mails: []string{fmt.Sprintf("writer.%d@post%d.example", n+1, (n+4)%9)}}
			bits, steps := m.Compare(a, b, 1)
			if Probability(bits) > .01 || steps[1].Bits > 0 || steps[2].Bits > 0 {
				t.Errorf("%v and %v: %.3f, %+v", a, b, Probability(bits), steps)
			}
		}
	}
}

func TestKeysFindSlips(t *testing.T) {
	t.Parallel()
	a := Keys(Person{Name: "Anna Weber", Mails: []string{"anna.weber@gmail.com"}, Phones: []string{"+4915112345678"}})
	for what, b := range map[string]Person{
		"a slip in the address": {Mails: []string{"anna.webr@gmail.com"}}, "another host": {Mails: []string{"anna.weber@gmial.com"}},
		"a slip in the surname": {Name: "Anna Webr"}, "another country code": {Phones: []string{"+15112345678"}},
	} {
		if !slices.ContainsFunc(Keys(b), func(k string) bool { return Compared(k) && slices.Contains(a, k) }) {
			t.Errorf("%s: no key in common", what)
		}
	}
	if slices.ContainsFunc(a, func(k string) bool { return k == "domain:gmail.com" }) {
		t.Error("a free mail host ties nobody together")
	}
	if !FreeMail("gmx.de") || !FreeMail("gmx.at") || FreeMail("nordwind.example") {
		t.Error("free mail hosts")
	}
}

func TestLearnNeverMakesItWorse(t *testing.T) {
	t.Parallel()
	m := Persons()
	if got, better := m.Learn(nil, nil); better && got.loss(nil, nil) > m.loss(nil, nil) {
		t.Error("nothing was decided")
	}
	same := [][]int{{1, 3, 0}, {1, 3, 0}, {2, 3, 0}}
	different := [][]int{{2, 0, 3}, {2, 0, 0}}
	got, _ := m.Learn(same, different)
	if got.loss(same, different) > m.loss(same, different) {
		t.Errorf("loss %.3f, before %.3f", got.loss(same, different), m.loss(same, different))
	}
}
