package bounce

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

// Report is what a mail says about others.
type Report struct {
	Failure    bool     // something was not delivered
	Complaint  bool     // somebody called a mail of ours abuse
	Permanent  bool     // trying again can't help
	Status     string   // enhanced status, such as 5.1.1; empty: none is given
	Recipients []string // lower case
	MessageIDs []string // that stand anywhere in it, without brackets
	Said       string   // the other server's words
}

// maxBytes bounds what is read: reports that bring back a large mail end with it.
const maxBytes = 2 << 20

var (
	soft       = regexp.MustCompile(`=\r?\n`)
	messageID  = regexp.MustCompile(`\bc\.[a-z2-7]{26}\.[0-9a-f]{16}@[A-Za-z0-9.-]{1,253}`)
	status     = regexp.MustCompile(`(?im)^status:[ \t]*([245]\.\d{1,3}\.\d{1,3})`)
	enhanced   = regexp.MustCompile(`\b([45]\.\d{1,3}\.\d{1,3})\b`)
	reply      = regexp.MustCompile(`(?m)(?:^|[ :#<>(\[])([45]\d\d)[ -][^\r\n]{3,}`)
	action     = regexp.MustCompile(`(?im)^action:[ \t]*(\w+)`)
	recipient  = regexp.MustCompile(`(?im)^(?:final|original)-recipient:[ \t]*[^;\r\n]{0,40};[ \t]*<?([^\s<>;]{3,320})`)
	failedTo   = regexp.MustCompile(`(?im)^x-failed-recipients:[ \t]*([^\r\n]{3,900})`)
	inText     = regexp.MustCompile(`(?m)^[ \t]*<?([A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{3,253})>?:?[ \t]*\r?$`)
	diagnostic = regexp.MustCompile(`(?im)^diagnostic-code:[ \t]*(?:[^;\r\n]{1,40};)?[ \t]*([^\r\n]+(?:\r?\n[ \t]+[^\r\n]+)*)`)
	remote     = regexp.MustCompile(`(?m)((?:Remote host said|said|error|reason|response)[^\r\n]{0,80}?:?[ \t]*)?([45]\d\d[ -][^\r\n]{3,300})`)
	feedback   = regexp.MustCompile(`(?i)report-type="?feedback-report|content-type:[ \t]*message/feedback-report`)
	delivery   = regexp.MustCompile(`(?i)report-type="?delivery-status|content-type:[ \t]*message/delivery-status`)
	daemon     = regexp.MustCompile(`(?im)^from:[^\r\n]{0,200}\b(mailer-daemon|mail-daemon|mailerdaemon|postmaster|microsoftexchange[0-9a-f]+)@`)
	nullPath   = regexp.MustCompile(`(?im)^return-path:[ \t]*<[ \t]*>`)
	forGood    = regexp.MustCompile(`(?i)(permanent (fatal )?error|giving up|user unknown|unknown user|no such user|does not exist|mailbox unavailable|undeliverable|could not be delivered|not be delivered|delivery .{0,20}failed|failure notice)`)
	waiting    = regexp.MustCompile(`(?i)(warning: (message|could not send)|delayed|will (be retried|keep trying|continue to try|retry)|not yet been delivered|no action is required)`)
)

// Parse reads a report. A mail that is none gives the zero Report.
func Parse(raw []byte) Report {
	raw = raw[:min(len(raw), maxBytes)]
	text := string(raw)
	head := text
	if i := strings.Index(strings.ReplaceAll(text[:min(len(text), 256<<10)], "\r", ""), "\n\n"); i >= 0 {
		head = strings.ReplaceAll(text[:min(len(text), 256<<10)], "\r", "")[:i]
	}
	var r Report
	r.Complaint = feedback.MatchString(text)
	r.Failure = !r.Complaint && (delivery.MatchString(text) || nullPath.MatchString(head) || daemon.MatchString(head) || failedTo.MatchString(head))
	if !r.Complaint && !r.Failure {
		return Report{}
	}
	text = soft.ReplaceAllString(text, "") + "\n" + decoded(raw)
	r.ids(text)
	r.recipients(text)
	if r.Complaint {
		r.Permanent = true
		return r
	}
	r.judge(text)
	return r
}

func (r *Report) ids(text string) {
	seen := map[string]bool{}
	for _, id := range messageID.FindAllString(text, 50) {
		if !seen[id] {
			seen[id] = true
			r.MessageIDs = append(r.MessageIDs, id)
		}
	}
}

func (r *Report) recipients(text string) {
	seen := map[string]bool{}
	add := func(a string) {
		a = strings.ToLower(strings.Trim(a, "<>;, \t\r"))
		if strings.Contains(a, "@") && !seen[a] && len(r.Recipients) < 50 {
			seen[a] = true
			r.Recipients = append(r.Recipients, a)
		}
	}
	for _, m := range recipient.FindAllStringSubmatch(text, 100) {
		add(m[1])
	}
	for _, m := range failedTo.FindAllStringSubmatch(text, 5) {
		for a := range strings.SplitSeq(m[1], ",") {
			add(a)
		}
	}
	if len(r.Recipients) == 0 {
		for _, m := range inText.FindAllStringSubmatch(text[:min(len(text), 64<<10)], 10) {
			add(m[1])
		}
	}
}

// judge finds the status and whether it is for good.
func (r *Report) judge(text string) {
	early := text[:min(len(text), 64<<10)]
	if m := status.FindStringSubmatch(text); m != nil {
		r.Status = m[1]
	}
	if m := diagnostic.FindStringSubmatch(text); m != nil {
		r.Said = strings.Join(strings.Fields(m[1]), " ")
		if r.Status == "" || strings.HasSuffix(r.Status, ".0.0") {
			if e := enhanced.FindString(r.Said); e != "" && (r.Status == "" || e[0] == r.Status[0]) {
				r.Status = e
			}
		}
	}
	if r.Said == "" {
		if m := remote.FindStringSubmatch(early); m != nil {
			r.Said = strings.Join(strings.Fields(m[2]), " ")
		}
	}
	if r.Status == "" {
		if m := enhanced.FindString(early); m != "" {
			r.Status = m
		} else if m := reply.FindStringSubmatch(early); m != nil {
			r.Status = m[1][:1] + ".0.0"
		}
	}
	r.Said = r.Said[:min(len(r.Said), 400)]
	does := ""
	if m := action.FindStringSubmatch(text); m != nil {
		does = strings.ToLower(m[1])
	}
	switch {
	case does == "delivered" || does == "relayed" || does == "expanded" || strings.HasPrefix(r.Status, "2."):
		r.Failure = false
	case does == "delayed":
	case does == "failed":
		r.Permanent = !strings.HasPrefix(r.Status, "4.")
	case r.Status != "":
		r.Permanent = r.Status[0] == '5' && !(waiting.MatchString(early) && !forGood.MatchString(early))
	default:
		r.Permanent = forGood.MatchString(early) && !waiting.MatchString(early)
	}
}

// decoded is what stands in the text in base64: some servers encode the report,
// some the mail that they bring back.
func decoded(raw []byte) string {
	var out strings.Builder
	var block []byte
	flush := func() {
		if len(block) >= 80 {
			block = block[:len(block)/4*4]
			b := make([]byte, base64.StdEncoding.DecodedLen(len(block)))
			n, _ := base64.StdEncoding.Decode(b, block) // what is before the damage counts
			out.Write(b[:n])
			out.WriteByte('\n')
		}
		block = block[:0]
	}
	for line := range bytes.Lines(raw) {
		line = bytes.TrimRight(line, "\r\n \t")
		if len(line) < 4 || len(line) > 100 || !isBase64(line) {
			flush()
			continue
		}
		block = append(block, line...)
		if len(line) < 60 || line[len(line)-1] == '=' {
			flush()
		}
	}
	flush()
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

func isBase64(line []byte) bool {
	for _, c := range line {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=') {
			return false
		}
	}
	return true
}

// Words is the reason as a sentence for people.
func (r *Report) Words() string {
	if r.Complaint {
		return "The recipient called the message unwanted."
	}
	class, rest := "", ""
	if i := strings.IndexByte(r.Status, '.'); i > 0 {
		class, rest = r.Status[:i], r.Status[i+1:]
	}
	said := ""
	if r.Said != "" {
		said = " The server said: " + r.Said
	}
	if s := meanings[rest]; s != "" {
		return s + said
	}
	if class == "4" || !r.Permanent {
		return "The message could not be delivered yet; the server keeps trying." + said
	}
	return "The message could not be delivered." + said
}

// meanings are the usual ones of RFC 3463.
var meanings = map[string]string{
	"1.0": "There is something wrong with the address.", "1.1": "There is no such mailbox.", "1.2": "There is no such mail server.", "1.3": "The address is not written correctly.",
	"1.6": "The mailbox has moved.", "1.10": "The domain takes no mail.",
	"2.0": "There is something wrong with the mailbox.", "2.1": "The mailbox is switched off.", "2.2": "The mailbox is full.", "2.3": "The message is too large for the mailbox.",
	"3.4": "The message is too large for the server.", "4.1": "The recipient's server does not answer.", "4.4": "There is no way to the recipient's server.",
	"4.7": "The recipient's server could not be reached in time.", "7.0": "The recipient's server refused the message for its rules.", "7.1": "The recipient's server refused the message for its rules.",
	"7.26": "The recipient's server does not believe that the message comes from us.",
}
