package email

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// squeeze removes white space, which stripping may move but not matter.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func TestStripReply(t *testing.T) {
	t.Parallel()
	const answer = "Thank you, that helps.\nWhen does it start?"
	for name, history := range map[string]string{
		"english":             "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <m@example.com> wrote:\n\n> Hi",
		"english, no marks":   "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <m@example.com> wrote:\n\nHi there",
		"english, three rows": "On Nov 30, 2011, at 12:47 PM, Somebody <\n416ffd3258d4d2fa@example.com>\nwrote:\n\nHi there",
		"english, weak":       "On Monday, Megan wrote:\n> Hi",
		"german":              "Am 02.04.2012 um 18:26 schrieb Megan One:\n> Hallo",
		"german, new":         "Am Mo., 2. Apr. 2012 um 18:26 Uhr schrieb Megan One <\nm@example.com>:\n\n> Hallo",
		"french":              "Le 23 janv. 2015 à 22:03, Brendan <b@example.com> a écrit :\n\nBonjour !",
		"dutch":               "Op ma 2 apr. 2012 om 18:26 schreef Megan One <m@example.com>:\n\n> Hallo",
		"dutch, apple":        "Op 17 feb. 2015, om 13:18 heeft Jan <j@example.com> het volgende geschreven:\n\nHallo",
		"spanish":             "El lun, 2 abr 2012 a las 18:26, Megan (<m@example.com>) escribió:\n\n> Hola",
		"portuguese":          "Em seg., 2 de abr. de 2012 às 18:26, Megan <m@example.com> escreveu:\n\n> Olá",
		"italian":             "Il giorno lun 2 apr 2012 alle ore 18:26 Megan <m@example.com> ha scritto:\n\n> Ciao",
		"swedish":             "Den mån 2 apr. 2012 kl 18:26 skrev Megan One <m@example.com>:\n\n> Hej",
		"danish":              "Den man. 2. apr. 2012 kl. 18.26 skrev Megan <m@example.com>:\n> Hej",
		"norwegian":           "På 14 september 2015 på 02:23:18, Rudy (r@example.com) skrev:\n\nHei",
		"finnish":             "Megan One <m@example.com> kirjoitti 2.4.2012 kello 18.26:\n> Moi",
		"polish":              "pon., 2 kwi 2012 o 18:26 Megan One <m@example.com> napisał(a):\n\n> Cześć",
		"czech":               "po 2. 4. 2012 v 18:26 odesílatel Megan <m@example.com> napsal:\n\n> Ahoj",
		"russian":             "пн, 2 апр. 2012 г. в 18:26, Megan One <m@example.com>:\n\n> Привет",
		"russian, verb":       "2 апреля 2012 г. 14:20 пользователь Megan <m@example.com> написал:\n\n> Привет",
		"ukrainian":           "пн, 2 квіт. 2012 р. о 18:26 Megan <m@example.com> пише:\n\n> Привіт",
		"turkish":             "Megan One <m@example.com>, 2 Nis 2012 Pzt, 18:26 tarihinde şunu yazdı:\n\n> Selam",
		"hungarian":           "Megan One <m@example.com> ezt írta (időpont: 2012. ápr. 2., H, 18:26):\n\n> Szia",
		"romanian":            "În lun., 2 apr. 2012 la 18:26, Megan <m@example.com> a scris:\n\n> Salut",
		"greek":               "Στις Δευ, 2 Απρ 2012 στις 6:26 μ.μ., ο χρήστης Megan <m@example.com> έγραψε:\n\n> Γεια",
		"japanese":            "2012年4月2日(月) 18:26 Megan One <m@example.com>:\n\n> こんにちは",
		"chinese":             "Megan One <m@example.com> 于2012年4月2日周一 18:26写道：\n\n> 你好",
		"korean":              "2012년 4월 2일 (월) 오후 6:26, Megan One <m@example.com>님이 작성:\n\n> 안녕",
		"vietnamese":          "Vào 14:24 8 tháng 6, 2017, Hùng <h@example.com> đã viết:\n> Xin chào",
		"indonesian":          "Pada Sen, 2 Apr 2012 pukul 18.26 Megan <m@example.com> menulis:\n\n> Halo",
		"arabic":              "في الاثنين، 2 أبريل 2012 18:26 Megan <m@example.com> كتب:\n\n> مرحبا",
		"no verb":             "26.06.2014, 14:41, \"Alexander L\" <abc@example.com>:\n> Hi",
		"original message":    "-----Original Message-----\nFrom: bob\nHi",
		"german original":     "-----Ursprüngliche Nachricht-----\nVon: bob\nHallo",
		"android":             "---- John Smith wrote ----\n\nquoted",
		"forwarded":           "---------- Forwarded message ---------\nFrom: bob\nHi",
		"outlook":             "From: bob@example.com\nSent: Friday, March 9, 2012 4:22 PM\nTo: Dan\nSubject: Loop\n\nHi",
		"outlook, ruler":      "________________________________\nFrom: bob@example.com\nSent: Friday, March 9, 2012 4:22 PM\nTo: Dan\nSubject: Loop\n\nHi",
		"outlook, german":     "Von: bob@example.com\nGesendet: Dienstag, 25. November 2014 14:59\nAn: Dan\nBetreff: Loop\n\nHallo",
		"outlook, french":     "De : Brendan [mailto:b@example.com]\nEnvoyé : vendredi 23 janvier 2015 16:39\nÀ : Camille\nObjet : Follow Up\n\nBonjour",
		"outlook, bold":       "*From:* bob@example.com [mailto:\nbob@example.com]\n*Sent:* Wednesday, June 27, 2012 3:05 PM\n*To:* t@example.com\n*Subject:* Hello\n\nHi",
		"hotmail":             "Date: Fri, 28 Sep 2012 10:55:48 +0000\nFrom: tickets@example.com\nTo: bob@example.com\nSubject: Test\n\nHi",
		"signature":           "-- \nJan Smit\nDirector, by the way",
		"signature, no blank": "--\nJan Smit",
		"phone":               "Sent from my iPhone",
		"phone and history":   "Sent from my iPhone\n\nOn Apr 3, 2012, at 4:19 PM, bob <b@example.com> wrote:\n\n> Hi",
		"signature, history":  "-- \nJan\n\nOn Tuesday, April 3, 2012 at 4:55 PM, xxx wrote:\n\n> Hello",
		"reply line":          "##- Please type your reply above this line -##\n\nYour request",
	} {
		text := answer + "\n\n" + history + "\n"
		for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
			visible, quoted := StripReply(text)
			if visible != answer {
				t.Errorf("%s: visible is %q", name, visible)
			}
			if squeeze(visible+quoted) != squeeze(text) {
				t.Errorf("%s: text was lost: %q + %q", name, visible, quoted)
			}
		}
	}
}

func TestStripReplyKeepsWhatIsNew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"answer below":        {"On 04/02/2012 06:26 PM, Megan One wrote:\n> Hi\nHello", "Hello"},
		"answers between":     {"> When?\nTomorrow.\n> Where?\nHere.", "Tomorrow.\nHere."},
		"answers around":      {"Hi\n\nOn 04/19/2011 07:10 AM, R T wrote:\n> Test\n\nRegards, R", "Hi\n\n\nRegards, R"},
		"only a quote":        {"> all of this", "> all of this"},
		"only a header block": {"From: Jan\nDate: 2012-01-01\nTo: you\nSubject: form\n\nhi", "From: Jan\nDate: 2012-01-01\nTo: you\nSubject: form\n\nhi"},
		"prose with wrote":    {"On Monday I wrote to you about it:\nit is broken", "On Monday I wrote to you about it:\nit is broken"},
		"dashes in a list":    {"a\n--\n" + strings.Repeat("more text\n", 20) + "end", "a\n--\n" + strings.Repeat("more text\n", 20) + "end"},
		"a label in prose":    {"Hi\nTo: be clear\nit works", "Hi\nTo: be clear\nit works"},
		"sent from a shop":    {"Sent from the shop in May,\nnever arrived", "Sent from the shop in May,\nnever arrived"},
		"arrow":               {"Visit us\n-> here", "Visit us\n-> here"},
		"empty":               {"", ""},
		"zero width":          {"\u200b\n> hi", "\u200b\n> hi"},
	} {
		if got, _ := StripReply(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestTalonFixtures measures against the replies of common mail programs. A
// signature that talon's extraction leaves in the reply is history for us.
func TestTalonFixtures(t *testing.T) {
	t.Parallel()
	root := filepath.Join(dataDir(t, "eml"), "talon-replies", "tests", "fixtures")
	mails, _ := filepath.Glob(filepath.Join(root, "standard_replies", "*.eml"))
	pages, _ := filepath.Glob(filepath.Join(root, "html_replies", "*.html"))
	if len(mails) == 0 || len(pages) == 0 {
		t.Skip("the fixtures are not here")
	}
	agree, total := 0, 0
	check := func(name, got, want string) {
		total++
		if squeeze(got) == squeeze(want) {
			agree++
		} else {
			t.Logf("%s: %.300q, want %q", filepath.Base(name), got, want)
		}
	}
	for _, f := range mails {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Parse(raw, Options{Now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		check(f, e.Text, "Hello")
	}
	for _, f := range append(pages, filepath.Join(root, "OLK_SRC_BODY_SECTION.html"), filepath.Join(root, "reply-separated-by-hr.html")) {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Parse(append([]byte("From: a@example.com\nContent-Type: text/html\n\n"), raw...), Options{Now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		want := "Hi. I am fine.\n\nThanks,\nAlex"
		switch filepath.Base(f) {
		case "OLK_SRC_BODY_SECTION.html":
			want = "Reply"
		case "reply-separated-by-hr.html":
			want = "Hi there"
		}
		check(f, e.Text, want)
	}
	t.Logf("%d of %d fixtures agree", agree, total)
	if agree < total-1 {
		t.Errorf("only %d of %d fixtures agree", agree, total)
	}
}
