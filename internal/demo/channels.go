package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// jsonItem is an envelope with the bytes that a system would have posted.
func jsonItem(e crm.Envelope, mayVerify bool) crm.Item {
	raw, err := json.Marshal(e)
	if err != nil {
		panic("demo: " + err.Error()) // traits are made by trait, which can't fail
	}
	return crm.Item{Envelope: e, Raw: raw, RawType: "application/json", MayVerify: mayVerify}
}

// trait is a JSON value of a string, number or bool.
func trait(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return b
}

// contact tells a step on any channel but mail and web pages. The options that
// it reads: dur= minutes of a call, stars= of a review, amount=, product= and
// order= of an order, unnamed (the caller gives no name), claim= another person
// of the scripts whose address was typed and not checked, asis (at this moment
// even outside opening hours).
func (tl *telling) contact(s *step) bool {
	p, a := tl.who, tl.agent
	e := crm.Envelope{
		OccurredAt: tl.t.UTC(), Kind: crm.KindMessage, Direction: crm.In,
		ExternalID: fmt.Sprintf("%s-%d", tl.id, tl.n),
	}
	role := crm.From
	if s.who != '>' {
		e.Direction, role = crm.Out, crm.To
		e.Automatic = s.who == '*'
	}
	phone := crm.Participant{Role: role, Kind: crm.PhoneNumber, Value: p.phone, Name: p.name()}
	if s.flags["unnamed"] {
		phone.Name = ""
	}
	user := crm.Participant{Role: role, Kind: crm.UserID, Value: p.userID, Name: p.name(), Verified: true, Method: "account"}
	mayVerify := false
	byAgent := s.who == '<'

	switch s.channel {
	case "call":
		e.Source, e.Channel, e.Kind = "phone", crm.Phone, crm.KindCall
		byAgent = true
		minutes := 3 + tl.r.IntN(12)
		if d, err := strconv.Atoi(s.opts["dur"]); err == nil {
			minutes = d
		}
		seconds := 60*minutes + tl.r.IntN(60)
		e.Traits = map[string]json.RawMessage{"duration_s": trait(seconds), "wait_s": trait(15 + tl.r.IntN(420))}
		e.Participants = append(e.Participants, phone)
	case "chat":
		e.Source, e.Channel = "chat", crm.Chat
		if tl.chatKey == "" || tl.t.Sub(tl.chatAt) > 2*time.Hour {
			tl.chatNo++
			tl.chatKey = fmt.Sprintf("chat-%s-%d", tl.id, tl.chatNo)
		}
		tl.chatAt = tl.t
		e.Thread.Key = tl.chatKey
		if p.noAccount {
			e.Participants = append(e.Participants,
				crm.Participant{Role: role, Kind: crm.AnonymousID, Value: p.anonID, Name: p.name()},
				crm.Participant{Role: role, Kind: crm.Email, Value: p.email, Name: p.name()})
		} else {
			user.Method = "signed_jwt"
			e.Participants = append(e.Participants, user)
			mayVerify = true
		}
		e.Traits = map[string]json.RawMessage{"page": trait("https://" + Domain + "/help")}
	case "sms":
		e.Source, e.Channel = "sms", crm.Text
		phone.Name = ""
		e.Thread.Key = "sms:" + phone.Value
		e.Participants = append(e.Participants, phone)
	case "wa":
		e.Source, e.Channel = "whatsapp", crm.Messenger
		e.Thread.Key = "whatsapp:" + phone.Value
		e.Participants = append(e.Participants, phone)
	case "store":
		e.Source, e.Channel, e.Kind = "stores", crm.InPerson, crm.KindVisit
		byAgent = true
		if p.noAccount {
			e.Participants = append(e.Participants, phone)
		} else {
			user.Method = "agent"
			e.Participants = append(e.Participants, user)
			mayVerify = true
		}
		e.Traits = map[string]json.RawMessage{"store": trait([]string{"Halden Market Square", "Halden Quayside"}[tl.r.IntN(2)])}
	case "meeting":
		e.Source, e.Channel, e.Kind = "crm", crm.InPerson, crm.KindMeeting
		byAgent, mayVerify = true, true
		user.Method = "agent"
		e.Participants = append(e.Participants, user)
		e.Traits = map[string]json.RawMessage{"duration_s": trait(60 * (30 + 5*tl.r.IntN(9)))}
	case "note":
		e.Source, e.Channel, e.Kind, e.Direction = "crm", crm.API, crm.KindNote, crm.Inside
		byAgent, mayVerify = true, true
		user.Method = "agent"
		e.Participants = append(e.Participants, user)
	case "order":
		tl.order(s, &e, user)
		mayVerify = true
	case "review":
		e.Source, e.Channel, e.Kind = "reviews", crm.Review, crm.KindReview
		stars, _ := strconv.Atoi(s.opts["stars"])
		e.Traits = map[string]json.RawMessage{"rating": trait(stars)}
		e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: "review_name", Value: p.nick, Name: p.first})
		if s.who == '>' {
			e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: crm.Email, Value: p.email})
		}
	case "community":
		e.Source, e.Channel, e.Kind = "community", crm.Community, crm.KindPost
		e.Thread.Key = "topic-" + tl.id
		e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: "community", Value: p.nick, Name: p.nick})
		if !p.noAccount && s.who == '>' { // the forum shares the shop's sign-in
			e.Participants[0].Verified, e.Participants[0].Method = true, "account"
			e.Participants = append(e.Participants, user)
			mayVerify = true
		}
	case "social":
		e.Source, e.Channel, e.Kind = "social", crm.Social, crm.KindPost
		e.Thread.Key = "post-" + tl.id
		e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: "social", Value: "@" + p.nick, Name: p.first})
	default:
		panic("demo: no channel " + s.channel) // the tests tell every step
	}
	if claim := s.opts["claim"]; claim != "" {
		e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: crm.Email, Value: tl.w.special[claim].email})
	}
	if byAgent {
		e.Participants = append(e.Participants, crm.Participant{Role: crm.Agent, Kind: crm.UserID, Value: a.id, Name: a.name})
	}
	if e.Subject == "" {
		e.Subject = tl.subject(s)
	}
	if s.who == '>' && !byAgent && e.Kind != crm.KindOrder {
		e.Text = tl.own(s)
	} else {
		e.Text = tl.words(s)
	}
	return tl.finish(s, e, mayVerify)
}

// order fills an order of the web shop. The shop has checked the account's
// address and telephone, so an order ties all three together; claim= replaces
// the checked address by a typed one.
func (tl *telling) order(s *step, e *crm.Envelope, user crm.Participant) {
	p := tl.who
	if o := s.opts["order"]; o != "" {
		tl.slots["order"] = o
	}
	product := pickProduct(tl, s.opts["product"])
	cents := prices[product]
	if a, err := strconv.Atoi(s.opts["amount"]); err == nil {
		cents = a
	}
	tl.slots["product"], tl.slots["price"] = product, money(tl.st.lang, cents)
	tl.slots["orderday"] = date(tl.st.lang, tl.t)
	e.Source, e.Channel, e.Kind = "shop", crm.Web, crm.KindOrder
	e.ExternalID = tl.slots["order"]
	e.Traits = map[string]json.RawMessage{
		"order": trait(tl.slots["order"]), "amount": trait(float64(cents) / 100), "currency": trait("EUR"), "product": trait(product),
	}
	if p.noAccount { // bought without an account: nothing is checked
		e.Participants = append(e.Participants,
			crm.Participant{Role: crm.From, Kind: crm.Email, Value: p.email, Name: p.name()},
			crm.Participant{Role: crm.From, Kind: crm.PhoneNumber, Value: p.phone, Name: p.name()})
		return
	}
	e.Participants = append(e.Participants, user)
	if s.opts["claim"] == "" {
		e.Participants = append(e.Participants, crm.Participant{Role: crm.From, Kind: crm.Email, Value: p.email, Verified: true, Method: "account"})
	}
	e.Participants = append(e.Participants, crm.Participant{Role: crm.From, Kind: crm.PhoneNumber, Value: p.phone, Verified: true, Method: "code"})
}

// pickProduct reads an option such as Text_Plan_M or $device.
func pickProduct(tl *telling, opt string) string {
	b := []byte(opt)
	for i := range b {
		if b[i] == '_' {
			b[i] = ' '
		}
	}
	if len(b) == 0 {
		return tl.slots["plan"]
	}
	return say(tl.r, string(b), tl.slot)
}
