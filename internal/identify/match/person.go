package match

import (
	"math"
	"slices"
	"strings"
)

// Person is what is known of a customer, for comparing it with others.
type Person struct {
	Name   string
	Mails  []string
	Phones []string // E.164
}

// Step is one bar of the waterfall: what a field says about two people.
type Step struct {
	Field string  `json:"field"` // prior, name, mail, phone
	Level string  `json:"level"` // equal, nearly equal …, missing
	Bits  float64 `json:"bits"`
	A     string  `json:"a,omitempty"` // the values that were compared
	B     string  `json:"b,omitempty"`
}

// PersonModel compares people: fields name, mail and phone, in this order.
type PersonModel struct {
	Model
	// People is how many people the firm knows. The more they are, the more of
	// them bear one name or have nearly the same number. At least 1.
	People int `json:"people"`
}

const (
	// usualPeople is up to how many people the prior holds as it is: of more,
	// more look alike by chance.
	usualPeople = 10_000
	// fewPeople is the size below which a file says nothing of how rare a name is.
	fewPeople = 1000
	// aloneBits is what two people amount to of whom nothing agrees but a name
	// that nobody else of fewPeople bears.
	aloneBits = 3.2
	// unknownOthers is how many others are taken to bear a name that nobody counted.
	unknownOthers = 10
)

// Persons is the model that comes with the program, until a firm's own decisions
// have refitted it. m and u are set by hand near what the synthetic customer
// file shows of pairs that share a blocking key (questions of rapport eval identity).
func Persons() *PersonModel {
	return &PersonModel{People: usualPeople, Model: Model{Prior: .02, Fields: []Field{
		{Name: "name", Kind: Words, M: []float64{.72, .18, .06, .04}, U: []float64{.001, .0225, .06, .9165}},
		{Name: "mail", Kind: Mail, M: []float64{.66, .08, .08, .18}, U: []float64{.0003, .001, .08, .9187}},
		{Name: "phone", Kind: Number, M: []float64{.72, .07, .01, .2}, U: []float64{.004, .001, .004, .991}},
	}}}
}

// Levels compares two people field by field and gives the values that agree
// best.
func (m *PersonModel) Levels(a, b Person) (levels []int, values [][2]string) {
	levels, values = []int{missing, missing, missing}, make([][2]string, 3)
	names := [][]string{{a.Name}, a.Mails, a.Phones}
	others := [][]string{{b.Name}, b.Mails, b.Phones}
	for f := range m.Fields {
		kind := m.Fields[f].Kind
		for _, x := range names[f] {
			for _, y := range others[f] {
				v, w := oneValue(kind, x), oneValue(kind, y)
				if v.text == "" || w.text == "" {
					continue
				}
				l := 0
				if v.text != w.text {
					l = (&column{kind: kind}).compareValues(&v, &w)
				}
				if kind == Words && otherDigits(v.text, w.text) {
					l = kind.levels() - 1 // the thirteenth of a series is not the twelfth
				}
				if levels[f] == missing || l < levels[f] {
					levels[f], values[f] = l, [2]string{x, y}
				}
			}
		}
	}
	return levels, values
}

func oneValue(kind Kind, s string) value {
	text := (&column{kind: kind}).normal(strings.TrimSpace(s))
	v := value{text: text, runes: []rune(text)}
	if kind == Words {
		words := strings.Fields(text)
		slices.Sort(words)
		for _, w := range words {
			v.parts = append(v.parts, []rune(w))
		}
		v.text = strings.Join(words, " ") // "Weber Anna" is "Anna Weber"
	}
	return v
}

// otherDigits reports whether both texts have digits, and not the same ones.
func otherDigits(a, b string) bool {
	x, y := digits(a), digits(b)
	return x != "" && y != "" && x != y
}

// Compare explains how likely two people are one: a waterfall from the prior to
// the total in bits. sameName is how many people have that name, when both
// have it; 0: not known.
func (m *PersonModel) Compare(a, b Person, sameName int) (total float64, steps []Step) {
	levels, values := m.Levels(a, b)
	crowd := math.Log2(float64(max(m.People, usualPeople)) / usualPeople)
	total = m.PriorBits() - crowd
	steps = append(steps, Step{Field: "prior", Bits: total})
	for f := range m.Fields {
		field := &m.Fields[f]
		s := Step{Field: field.Name, Level: field.Kind.Level(levels[f]), Bits: field.Bits(levels[f]), A: values[f][0], B: values[f][1]}
		switch {
		case levels[f] != 0:
		case field.Name == "name":
			s.Bits = m.nameBits(sameName, !reached(levels[1:]), total)
		default: // those who share an address are a family, however many others there are
			s.Bits += crowd
		}
		total += s.Bits
		steps = append(steps, s)
	}
	return total, steps
}

// reached reports whether a mail address or a number agrees but for a slip.
func reached(levels []int) bool {
	return slices.ContainsFunc(levels, func(l int) bool { return l == 0 || l == 1 })
}

// nameBits is the weight of an equal name, by how many bear it. With an address
// or a number beside it, a rare name says much. Alone it says as much as the
// firm is small: among many, even a name that only two bear is mostly that of
// two people.
func (m *PersonModel) nameBits(bearers int, alone bool, prior float64) float64 {
	people := float64(max(m.People, bearers, fewPeople))
	others := float64(max(bearers-1, 1))
	if bearers == 0 {
		others = unknownOthers
	}
	u := m.Fields[0].U[0]
	bits := m.Fields[0].Bits(0) + min(max(RareBits(u, others/people), -8), 8)
	if alone {
		bits = min(bits, aloneBits-math.Log2(others*float64(max(m.People, 1))/fewPeople)-prior)
	}
	return bits
}

// NameKey begins the blocking key of a full name.
const NameKey = "name:"

// Keys are the blocking keys of a person: who shares one is compared. Each is a
// kind and a value.
func Keys(p Person) []string {
	var keys []string
	name := oneValue(Words, p.Name)
	if len(name.parts) > 1 {
		keys = append(keys, NameKey+name.text)
		var begin strings.Builder
		for _, w := range name.parts {
			begin.WriteString(string(w[:min(3, len(w))]))
			begin.WriteByte('.')
		}
		keys = append(keys, "begin:"+begin.String())
	}
	for _, mail := range p.Mails {
		mail = strings.ToLower(mail)
		local, host, ok := strings.Cut(mail, "@")
		if !ok || local == "" {
			continue
		}
		keys = append(keys, "mail:"+mail)
		if len(local) >= 6 { // one slip leaves the beginning or the end of it whole
			keys = append(keys, "mail1:"+local[:5]+"@"+host, "mail2:"+local[len(local)-5:]+"@"+host)
		}
		if len(local) >= 4 {
			keys = append(keys, "local:"+local) // the same at another host, or a slip in the host
		}
		if !FreeMail(host) {
			keys = append(keys, "domain:"+host)
		}
	}
	for _, phone := range p.Phones {
		if len(phone) < 8 {
			continue
		}
		keys = append(keys, "phone:"+phone, "phone1:"+phone[:len(phone)-5], "phone2:"+phone[len(phone)-6:])
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Shared tells the kind and value of a key that ties people together who are
// not one: a mail address, a telephone, the domain of a firm.
func Shared(key string) (kind, value string, ok bool) {
	kind, value, _ = strings.Cut(key, ":")
	return kind, value, kind == "mail" || kind == "phone" || kind == "domain"
}

// Compared reports whether people who share the key are worth comparing. A
// whole firm shares a domain, which makes nobody a likely double.
func Compared(key string) bool {
	return !strings.HasPrefix(key, "domain:") && !strings.HasPrefix(key, "phone1:")
}

// FreeMail reports whether anybody can have an address at the host: such a
// domain says nothing about who belongs together.
func FreeMail(host string) bool {
	if freeMail[host] {
		return true
	}
	name, _, _ := strings.Cut(host, ".")
	return freeMail[name+".*"]
}

var freeMail = func() map[string]bool {
	m := map[string]bool{}
	for _, h := range strings.Fields(`gmail.* googlemail.* outlook.* hotmail.* live.* msn.* yahoo.* ymail.* rocketmail.* icloud.com me.com mac.com aol.* gmx.* web.de
t-online.de freenet.de arcor.de mail.de posteo.* mailbox.org proton.me protonmail.* pm.me tutanota.* tuta.io fastmail.* zoho.* mail.ru yandex.* bk.ru inbox.ru list.ru
ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl upcmail.nl telenet.be skynet.be orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
libero.it virgilio.it alice.it tin.it tiscali.it wp.pl o2.pl onet.pl interia.pl op.pl telefonica.net terra.* uol.com.br bol.com.br ig.com.br sapo.pt
btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net
qq.com 163.com 126.com naver.com hanmail.net daum.net rediffmail.com bluewin.ch hispeed.ch sunrise.ch a1.net aon.at chello.at mail.com email.com usa.com hey.com duck.com`) {
		m[h] = true
	}
	return m
}()

// Learn refits m and u with pairs that people decided: same or not. What EM
// found counts like pseudo pairs, so a few decisions move it little. The
// outcome is used only when it explains the decisions no worse; else m stays as
// it was.
func (m *PersonModel) Learn(same, different [][]int) (*PersonModel, bool) {
	const pseudo = 50
	out := *m
	out.Fields = slices.Clone(m.Fields)
	for f := range out.Fields {
		out.Fields[f].M = blend(m.Fields[f].M, same, f, pseudo)
		// Pairs that people were asked about look alike: they tell what u is
		// among those only a little.
		out.Fields[f].U = blend(m.Fields[f].U, different, f, 100*pseudo)
	}
	if out.loss(same, different) > m.loss(same, different)+1e-12 {
		return m, false
	}
	return &out, true
}

func blend(old []float64, pairs [][]int, f int, pseudo float64) []float64 {
	out := make([]float64, len(old))
	n := pseudo
	for l := range old {
		out[l] = old[l] * pseudo
	}
	for _, levels := range pairs {
		if l := levels[f]; l != missing {
			out[l]++
			n++
		}
	}
	for l := range out {
		out[l] /= n
	}
	return out
}

// loss is the mean log loss of decisions.
func (m *PersonModel) loss(same, different [][]int) float64 {
	sum := 0.0
	for _, l := range same {
		sum += logLoss(m.Bits(l))
	}
	for _, l := range different {
		sum += logLoss(-m.Bits(l))
	}
	return sum / float64(max(len(same)+len(different), 1))
}

// logLoss is −ln of the probability of a weight in bits.
func logLoss(bits float64) float64 {
	if bits < -60 {
		return -bits * math.Ln2
	}
	return -math.Log(Probability(bits))
}
