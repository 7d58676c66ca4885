package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Synthetic makes a customer file in which the truth is known, with what makes
// firms show one person's data to another: families behind one mail address or
// telephone, a switchboard, numbers that got a new owner, twins, father and
// son of one name, two strangers of one name and birth year, and beside them
// the ordinary reasons for two records of one person: slips of the finger, a
// second mail address, a move, a new surname, fields left empty. truth gives
// the person of each row.
func Synthetic(seed uint64, people int) (t Table, truth []int) {
	g := &synthetic{r: rand.New(rand.NewPCG(seed, 0xc0ffee)), taken: map[string]bool{}} //nolint:gosec // reproducible, not secret
	t.Columns = []string{"name", "email", "phone", "street", "postcode", "city", "birth_date", "company"}
	var all []person
	for len(all) < people {
		all = append(all, g.household()...)
	}
	for i, p := range all {
		if i > 0 && g.chance(.02) { // a number that got a new owner
			p.phone = all[g.r.IntN(i)].phone
		}
		copies := 1
		for copies < 5 && g.chance(.45) {
			copies++
		}
		for n := range copies {
			if n > 0 {
				g.changes(&p)
			}
			t.Rows = append(t.Rows, g.record(p, n > 0))
			truth = append(truth, i)
		}
	}
	g.r.Shuffle(len(t.Rows), func(i, j int) {
		t.Rows[i], t.Rows[j] = t.Rows[j], t.Rows[i]
		truth[i], truth[j] = truth[j], truth[i]
	})
	return t, truth
}

type person struct {
	given, surname, mail, phone, street, postcode, city, birth, company string
}

type synthetic struct {
	r           *rand.Rand
	taken       map[string]bool
	switchboard struct{ company, phone, domain string }
}

func (g *synthetic) chance(p float64) bool { return g.r.Float64() < p }

// pick takes the first values of a list far more often than the last ones, as
// names and towns are.
func pick(r *rand.Rand, list []string) string {
	return list[int(float64(len(list))*r.Float64()*r.Float64())]
}

var (
	syntheticNames = strings.Fields("anna jan peter maria thomas julia lukas sophie daniel laura michael sara david lisa martin eva paul nina tim emma " +
		"max lena jonas mia felix clara simon hannah philip ida oscar greta henry alma victor rosa hugo vera emil ada otto flora anton elsa bruno iris leo maya " +
		"arthur judith konrad beate ralph agnes boris doris edgar erna fabian gisela helmut hedwig ivo jutta karim kaya liam lotte mats mila noah nora omar olga")
	surnames = strings.Fields("miller jansen smith bakker weber visser wagner brown becker meyer schulz taylor hoffmann koch wilson bauer richter klein " +
		"evans wolf schroeder neumann schwarz zimmermann braun krueger hofmann hartmann lange werner krause lehmann walter mayer huber kaiser fuchs lang scholz " +
		"moeller weiss jung hahn vogel friedrich keller gunther berger winkler lorenz baumann franke albrecht simon winter ludwig martin kraus schumacher vogt " +
		"stein jager otto sommer gross seidel heinrich haas brandt schreiber dietrich graf ziegler kuhn pohl engel horn busch bergmann thomas voigt sauer arnold")
	streets = strings.Fields("station church school mill garden park forest river market bridge castle hill lake meadow harbour linden oak maple birch rose " +
		"north south east west king queen abbey canal orchard field")
	towns    = strings.Fields("halden utrecht bremen leiden aachen delft kassel breda ulm zwolle mainz arnhem trier almere essen venlo bonn gouda kiel hoorn")
	hosts    = strings.Fields("gmail.com outlook.com web.de gmx.de yahoo.com icloud.com hotmail.com proton.me")
	business = strings.Fields("nordwind acme kobold brightside lumen ferro alba contoso delta orion vesta")
)

// household is one person or several who share an address.
func (g *synthetic) household() []person {
	home := g.stranger()
	switch x := g.r.Float64(); {
	case x < .10: // a family: one mail address or one telephone
		family := []person{home}
		shareMail, sharePhone := g.chance(.5), g.chance(.7)
		named := map[string]bool{home.given: true} // nobody calls two children the same
		for range 1 + g.r.IntN(3) {
			p := g.stranger()
			for named[p.given] {
				p.given = pick(g.r, syntheticNames)
			}
			named[p.given] = true
			p.surname, p.street, p.postcode, p.city = home.surname, home.street, home.postcode, home.city
			if shareMail {
				p.mail = home.mail
			} else {
				p.mail = g.address(p)
			}
			if sharePhone {
				p.phone = home.phone
			}
			family = append(family, p)
		}
		return family
	case x < .11: // twins
		p := home
		for p.given == home.given {
			p.given = pick(g.r, syntheticNames)
		}
		p.mail, p.phone = g.address(p), g.telephone()
		return []person{home, p}
	case x < .12: // father and son of one name
		p := g.stranger()
		p.given, p.surname, p.street, p.postcode, p.city = home.given, home.surname, home.street, home.postcode, home.city
		p.mail = g.address(p)
		return []person{home, p}
	case x < .15: // two strangers of one name, born in one year
		p := g.stranger()
		p.given, p.surname = home.given, home.surname
		p.birth = home.birth[:4] + p.birth[4:]
		p.mail = g.address(p)
		return []person{home, p}
	case x < .35: // at work: the switchboard's number and the firm's domain
		if g.switchboard.company == "" || g.chance(.1) {
			g.switchboard.company = business[g.r.IntN(len(business))] + fmt.Sprintf(" %c%c", 'a'+g.r.IntN(26), 'a'+g.r.IntN(26))
			g.switchboard.phone = g.telephone()
			g.switchboard.domain = strings.ReplaceAll(g.switchboard.company, " ", "") + ".example"
		}
		home.company = g.switchboard.company
		if g.chance(.7) {
			home.phone = g.switchboard.phone
		}
		home.mail = g.unique(fmt.Sprintf("%s.%s", home.given, home.surname), g.switchboard.domain)
	}
	return []person{home}
}

func (g *synthetic) stranger() person {
	p := person{given: pick(g.r, syntheticNames), surname: pick(g.r, surnames), phone: g.telephone(), city: pick(g.r, towns),
		street: fmt.Sprintf("%s street %d", pick(g.r, streets), 1+g.r.IntN(180)), postcode: fmt.Sprintf("%05d", 10000+g.r.IntN(900)*97),
		birth: fmt.Sprintf("%04d-%02d-%02d", 1940+g.r.IntN(65), 1+g.r.IntN(12), 1+g.r.IntN(28))}
	p.mail = g.address(p)
	return p
}

func (g *synthetic) telephone() string { return fmt.Sprintf("+49%d", 1500000000+g.r.Int64N(299999999)) }

func (g *synthetic) address(p person) string {
	local := fmt.Sprintf("%s_%s%d", p.surname, p.given, g.r.IntN(5000))
	switch g.r.IntN(4) {
	case 0:
		local = fmt.Sprintf("%s.%s", p.given, p.surname)
	case 1:
		local = fmt.Sprintf("%s%d", p.given, g.r.IntN(1000))
	case 2:
		local = fmt.Sprintf("%c%s%d", p.given[0], p.surname, g.r.IntN(100))
	}
	return g.unique(local, pick(g.r, hosts))
}

// unique gives an address that nobody has: two people never own one mailbox,
// though a family may share it.
func (g *synthetic) unique(local, host string) string {
	mail := local + "@" + host
	for n := 2; g.taken[mail]; n++ {
		mail = fmt.Sprintf("%s%d@%s", local, n, host)
	}
	g.taken[mail] = true
	return mail
}

// changes are what happens in a life between two records.
func (g *synthetic) changes(p *person) {
	if g.chance(.1) { // a move
		q := g.stranger()
		p.street, p.postcode, p.city = q.street, q.postcode, q.city
	}
	if g.chance(.12) {
		p.mail = g.address(*p)
	}
	if g.chance(.1) {
		p.phone = g.telephone()
	}
	if g.chance(.03) { // a new surname
		p.surname = pick(g.r, surnames)
	}
}

// record writes a person down, the second time with slips and gaps.
func (g *synthetic) record(p person, again bool) []string {
	name := p.given + " " + p.surname
	if again && g.chance(.08) {
		name = p.given[:1] + " " + p.surname
	} else if again && g.chance(.05) {
		name = p.surname + " " + p.given
	}
	row := []string{name, p.mail, p.phone, p.street, p.postcode, p.city, p.birth, p.company}
	empty := []float64{.02, .15, .25, .35, .35, .3, .5, 0}
	for i := range row {
		if g.chance(empty[i]) {
			row[i] = ""
		} else if again && i < 7 && g.chance(.08) {
			row[i] = g.slip(row[i])
		}
	}
	return row
}

// slip changes one character, drops one, doubles one or swaps two.
func (g *synthetic) slip(s string) string {
	if len(s) < 3 {
		return s
	}
	at := 1 + g.r.IntN(len(s)-2)
	c := byte('a' + g.r.IntN(26))
	if s[at] >= '0' && s[at] <= '9' {
		c = byte('0' + g.r.IntN(10))
	}
	switch g.r.IntN(4) {
	case 0:
		return s[:at] + string(c) + s[at+1:]
	case 1:
		return s[:at] + s[at+1:]
	case 2:
		return s[:at] + s[at:at+1] + s[at:]
	}
	return s[:at] + s[at+1:at+2] + s[at:at+1] + s[at+2:]
}
