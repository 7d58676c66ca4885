package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// prices are in cents: a month for plans, once for telephones.
var prices = map[string]int{
	"Text Plan S": 450, "Text Plan M": 750, "Text Plan L": 1050,
	"Prepaid Start": 500, "Mobile Student": 900, "Mobile S": 1190, "Mobile M": 1790, "Mobile L": 2490, "Family Bundle": 3990,
	"Home Internet 100": 2900, "Home Internet 500": 4400, "Business Line": 4900,
	"Lumo S2": 17900, "Aurel X4": 32900, "Tavi 9 Pro": 64900,
}

var (
	plans   = []string{"Mobile S", "Mobile M", "Mobile L", "Family Bundle", "Mobile Student"}
	cheaper = map[string]string{"Mobile S": "Prepaid Start", "Mobile M": "Mobile S", "Mobile L": "Mobile M",
		"Family Bundle": "Mobile L", "Mobile Student": "Prepaid Start"}
	homes   = []string{"Home Internet 100", "Home Internet 500"}
	phones  = []string{"Lumo S2", "Aurel X4", "Tavi 9 Pro"}
	streets = []string{"Harbour Street", "Mill Lane", "Station Road", "Lindenweg", "Kerkstraat", "Canal Walk",
		"Orchard Row", "Brink", "Quayside", "Fern Avenue", "Market Square", "Dyke Road"}
	areas = []string{"Halden Noord", "Harbourside", "Westquay", "Lindenhof", "Millbrook", "Oosterveld"}
)

// newSlots draws the facts of one story: numbers, amounts, products, places.
// n is the story's own, so that no two share a number.
func newSlots(r *rand.Rand, n int, p *person) map[string]string {
	lang := p.lang
	plan := plans[r.IntN(len(plans))]
	other := plans[(slices.Index(plans, plan)+1+r.IntN(len(plans)-1))%len(plans)]
	extra := 310 + 10*r.IntN(320)
	return map[string]string{
		"order":   fmt.Sprintf("HM-%d", 30000+n*13+r.IntN(13)),
		"invoice": fmt.Sprintf("INV-%d", 510000+n*17+r.IntN(17)),
		"ticket":  fmt.Sprintf("T-%d", 40000+n*11+r.IntN(11)),
		"track":   fmt.Sprintf("HX%09dNL", 100000000+n*7919+r.IntN(7919)),
		"plan":    plan, "usual": money(lang, prices[plan]),
		"amount": money(lang, prices[plan]+extra), "extra": money(lang, extra),
		"plan2": other, "price2": money(lang, prices[other]),
		"cheaper": cheaper[plan], "lowprice": money(lang, prices[cheaper[plan]]),
		"home": homes[r.IntN(len(homes))], "device": phones[r.IntN(len(phones))], "product": Products[r.IntN(3)],
		"bill": money(lang, 9000+10*r.IntN(1400)), "rate": money(lang, 900+100*r.IntN(25)),
		"street": streets[r.IntN(len(streets))], "nr": fmt.Sprint(1 + r.IntN(148)),
		"area": areas[r.IntN(len(areas))], "n": fmt.Sprint(11 + r.IntN(12)),
		"speed": fmt.Sprint(3 + r.IntN(24)), "pin": fmt.Sprintf("%04d", r.IntN(10000)),
		"first": p.first, "last": p.last, "name": p.name(), "phone": p.phone, "email": p.email,
	}
}
