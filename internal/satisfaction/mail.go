package satisfaction

import (
	"bytes"
	"html/template"
	"strconv"
	"strings"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
)

// letterPage is the mail's HTML: tables and inline styles are what mail programs
// show alike, and colours of its own in light and dark.
var letterPage = template.Must(template.New("").Parse(`<div lang="{{.Language}}" dir="{{.Dir}}" style="font:16px/1.5 system-ui,sans-serif;max-width:36em">
<p>{{.Hello}}</p>
<p style="font-size:18px"><strong>{{.Question}}</strong></p>
<p>{{range .Links}}<a href="{{.URL}}" title="{{.Title}}" style="display:inline-block;min-width:26px;margin:0 4px 8px 0;padding:9px;border:1px solid #767676;border-radius:8px;text-align:center;text-decoration:none;font-weight:600;color:#0f5c50;background:#ffffff">{{.Score}}</a>{{end}}</p>
<p style="font-size:14px">{{.Scale}}.</p>
<p style="font-size:14px">{{.Hint}}</p>
{{with .Stop}}<p style="font-size:13px"><a href="{{.URL}}">{{.Title}}</a></p>{{end}}
</div>`))

// link is one of a mail.
type link struct {
	Score int64
	URL   string
	Title string
}

// letter is the mail that asks. Every link opens the same page with another number
// chosen.
func (s *Service) letter(q *question, base string) act.Message {
	t, r := q.text, &q.row
	address := base + "/s/" + s.token(r.ID)
	low, high := t.ends(r.Kind)
	scale := scales[r.Kind]
	v := struct {
		Language, Dir, Hello, Question, Scale, Hint string
		Links                                       []link
		Stop                                        *link
	}{Language: r.Language, Dir: direction(r.Language), Hello: t.Hello, Question: r.Question, Scale: t.scaleWords(r.Kind), Hint: t.Hint}
	var text strings.Builder
	text.WriteString(t.Hello + "\n\n" + r.Question + "\n\n")
	for _, n := range scale.Scores() {
		l := link{Score: n, URL: address + "/" + strconv.FormatInt(n, 10), Title: strconv.FormatInt(n, 10)}
		switch n {
		case scale.Low:
			l.Title += " (" + low + ")"
		case scale.High:
			l.Title += " (" + high + ")"
		}
		v.Links = append(v.Links, l)
		text.WriteString(l.Title + ": " + l.URL + "\n")
	}
	text.WriteString("\n" + t.Hint + "\n")
	if s.Unsubscribe != nil {
		v.Stop = &link{URL: s.Unsubscribe(base, bare(q.to)), Title: t.Stop}
		text.WriteString("\n" + t.Stop + ": " + v.Stop.URL + "\n")
	}
	var html bytes.Buffer
	if err := letterPage.Execute(&html, v); err != nil {
		panic("satisfaction: the mail's template: " + err.Error()) // it is given what it needs
	}
	subject := t.Subject
	if q.subject != "" {
		subject += " (" + q.subject + ")"
	}
	headers := act.AutoHeaders("auto-generated", q.by.ID)
	headers["Precedence"] = "bulk"
	return act.Message{ConversationID: r.ConversationID, ProfileID: r.ProfileID, InboxID: q.by.ID, Channel: crm.Mail, Kind: act.Survey, Key: "survey " + r.ID.String(),
		MessageID: s.Inboxes.MessageIDs(q.by), Content: act.Content{To: []string{q.to}, Subject: subject, Text: text.String(), HTML: html.String(),
			InReplyTo: q.answers, References: act.References(nil, q.answers), Headers: headers}}
}

// direction is how a language is written.
func direction(l string) string {
	if l == "ar" {
		return "rtl"
	}
	return "ltr"
}
