package demo

import "math/rand/v2"

// The named people, by the mail address that finds them. Their stories are in
// stories/special*.txt.
const (
	Jan        = "jan.meijer@postvak.example"
	Piet       = "piet.meijer@postvak.example"
	Typo       = "rowan.ashby@mailroom.example" // the right address
	TypoClaim  = "rowan.ashby@mailrom.example"  // what the order claims
	Churn      = "d.renner@quickpost.example"
	TwoThreads = "ilse.brouwer@postvak.example"
	LongThread = "margaret.ellis@mailroom.example"
	Revived    = "henrik.solberg@quickpost.example"
	Forwarder  = "carol.finch@inbox-harbour.example"
	Stranger   = "alan.finch@workshop-finch.example"
	Heavy      = "samir.haddou@postvak.example"
	Business   = "nora.lindgren@lindgren-bikes.example"
	Bereaved   = "thomas.wren@mailroom.example"
	Grateful   = "ada.koroma@seagull-mail.example"
	Tulip      = "info@tulip-print.example" // shared by three employees
)

// Telephone numbers and order numbers that the stories turn on.
const (
	FamilyPhone  = "+31662000101" // Jan and Piet, verified in both accounts
	OkaforPhone  = "+31662000111" // Ngozi, Emeka and Chioma Okafor
	DeWitPhone   = "+31662000121" // Marloes and Bas de Wit
	BrandtMail   = "familie.brandt@briefkasten.example"
	JanOrder     = "HM-20481"
	JanUserID    = "u-20017"
	PietUserID   = "u-20018"
	TulipPhone   = "+442079460990"
	HeavyUserID  = "u-20061"
	FamilyAnonID = "anon-00f00d01-0001" // the tablet in the Meijers' kitchen belongs to Jan
)

// specialPeople are the named customers by their name in the scripts. Two
// people with one address or number here share it in life too.
func specialPeople() map[string]*person {
	list := []*person{
		{key: "jan", first: "Jan", last: "Meijer", lang: "nl", email: Jan, phone: FamilyPhone, userID: JanUserID, anonID: FamilyAnonID},
		{key: "piet", first: "Piet", last: "Meijer", lang: "en", email: Piet, phone: FamilyPhone, userID: PietUserID, tone: terse},

		{key: "ngozi", first: "Ngozi", last: "Okafor", lang: "en", email: "ngozi.okafor@inbox-harbour.example", phone: OkaforPhone, userID: "u-20021", tone: formal},
		{key: "emeka", first: "Emeka", last: "Okafor", lang: "en", email: "emeka.okafor@inbox-harbour.example", phone: OkaforPhone, userID: "u-20022", tone: casual},
		{key: "chioma", first: "Chioma", last: "Okafor", lang: "en", email: "chioma.o@quickpost.example", phone: OkaforPhone, userID: "u-20023", tone: casual},
		{key: "anja", first: "Anja", last: "Brandt", lang: "de", email: BrandtMail, phone: "+4917604069091", userID: "u-20024"},
		{key: "ralf", first: "Ralf", last: "Brandt", lang: "de", email: BrandtMail, phone: "+4917604069092", userID: "u-20025", tone: terse},
		{key: "marloes", first: "Marloes", last: "de Wit", lang: "nl", email: "marloes.dewit@brievenbus.example", phone: DeWitPhone, userID: "u-20026"},
		{key: "bas", first: "Bas", last: "de Wit", lang: "nl", email: "bas.dewit@brievenbus.example", phone: DeWitPhone, userID: "u-20027", tone: casual},
		{key: "olga", first: "Olga", last: "Tamm", lang: "en", email: Tulip, phone: TulipPhone, userID: "u-20031", company: "Tulip Print"},
		{key: "stuart", first: "Stuart", last: "Gill", lang: "en", email: Tulip, phone: "+442079460991", userID: "u-20032", company: "Tulip Print"},
		{key: "meera", first: "Meera", last: "Shah", lang: "en", email: Tulip, phone: "+442079460992", userID: "u-20033", company: "Tulip Print", tone: casual},

		{key: "typo", first: "Rowan", last: "Ashby", lang: "en", email: Typo, phone: "+31662000131", userID: "u-20041"},
		{key: "typoclaim", first: "Rowan", last: "Ashby", lang: "en", email: TypoClaim, phone: "+31662000131", userID: "u-20041"},
		{key: "churn", first: "Douglas", last: "Renner", lang: "en", email: Churn, phone: "+31662000141", userID: "u-20042", tone: terse},
		{key: "two", first: "Ilse", last: "Brouwer", lang: "en", email: TwoThreads, phone: "+31662000142", userID: "u-20043"},
		{key: "long", first: "Margaret", last: "Ellis", lang: "en", email: LongThread, phone: "+442079460993", userID: "u-20044", tone: formal},
		{key: "revived", first: "Henrik", last: "Solberg", lang: "en", email: Revived, phone: "+31662000143", userID: "u-20045"},
		{key: "forwarder", first: "Carol", last: "Finch", lang: "en", email: Forwarder, phone: "+442079460994", userID: "u-20046"},
		{key: "stranger", first: "Alan", last: "Finch", lang: "en", email: Stranger, phone: "+442079460995", userID: "u-20047", tone: casual},
		{key: "heavy", first: "Samir", last: "Haddou", lang: "en", email: Heavy, phone: "+31662000161", userID: HeavyUserID, tone: casual},
		{key: "business", first: "Nora", last: "Lindgren", lang: "en", email: Business, phone: "+442079460996", userID: "u-20051", company: "Lindgren Bikes"},
		{key: "bereaved", first: "Thomas", last: "Wren", lang: "en", email: Bereaved, phone: "+442079460997", userID: "u-20052"},
		{key: "grateful", first: "Ada", last: "Koroma", lang: "en", email: Grateful, phone: "+31662000151", userID: "u-20053"},
	}
	r := rand.New(rand.NewPCG(seed, 2))
	m := map[string]*person{}
	for _, p := range list {
		anon := anonymousID(r)
		if p.anonID == "" {
			p.anonID = anon
		}
		p.nick = ascii(p.first) + ascii(p.last[:1])
		m[p.key] = p
	}
	return m
}
