package email

import "strings"

// isQuoteLine reports the ">" of quoted lines; t is trimmed.
func isQuoteLine(t string) bool {
	return t[0] == '>' || strings.HasPrefix(t, "&gt;")
}

// originals are the words inside "-----Original Message-----" and over
// forwarded messages, as the common programs write them.
var originals = words(`original message|ursprüngliche nachricht|originalnachricht|antwort nachricht|message d'origine|message original|mensaje original|mensagem original|messaggio originale
|oorspronkelijk bericht|originalmeddelande|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|původní e-mail|pôvodná správa
|исходное сообщение|оригинал сообщения|пересылаемое сообщение|оригінальне повідомлення|orijinal mesaj|özgün ileti|eredeti üzenet|mesaj original|αρχικό μήνυμα|оригинално съобщение|izvorna poruka|originalna poruka|izvirno sporočilo
|元のメッセージ|转发邮件信息|原始邮件|原始郵件|원본 메시지|원본 메일|thư gốc|pesan asli|الرسالة الأصلية|ההודעה המקורית
|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt meddelelse|välitetty viesti|przekazana wiadomość|přeposlaná zpráva|iletilen mesaj|転送メッセージ|original appointment|reply message|reply above this line`)

// fullLines stand alone, without dashes, over history.
var fullLines = words(`begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message transféré :|début du message réexpédié :|inicio del mensaje reenviado:|inizio messaggio inoltrato:|begin doorgestuurd bericht:|start på vidarebefordrat meddelande|vidarebefordrat brev:`)

// words splits a list at its bars; line ends in it are layout.
func words(s string) []string {
	return strings.Split(strings.ReplaceAll(s, "\n", ""), "|")
}

// isSeparator reports a line after which everything is history.
func isSeparator(t string) bool {
	if len(t) > 200 {
		return false
	}
	first := t[0]
	if first == '-' || first == '_' || first == '=' || first == '*' || first == '#' {
		inner := strings.ToLower(strings.Trim(t, "-_=*# \t"))
		if inner == "" || len(t)-len(inner) < 3 {
			return false
		}
		for _, o := range originals {
			if inner == o || strings.HasPrefix(inner, o) && len(inner) < len(o)+40 {
				return true
			}
		}
		// "---- Jan Smit wrote ----" of Android's mail program.
		if first == '-' && t[len(t)-1] == '-' && strings.HasSuffix(inner, " wrote") {
			return true
		}
		return strings.HasPrefix(inner, "please type your reply above this line") || strings.HasPrefix(inner, "in replies all text above this line")
	}
	if strings.HasSuffix(t, ":") || first == 's' || first == 'S' {
		lower := strings.ToLower(t)
		for _, f := range fullLines {
			if lower == f {
				return true
			}
		}
	}
	return false
}

// isRuler reports a line of dashes or underscores, as some programs draw above
// history.
func isRuler(t string) bool {
	return len(t) >= 5 && (strings.Trim(t, "_") == "" || strings.Trim(t, "-") == "" || strings.Trim(t, "=") == "" || strings.Trim(t, "─") == "")
}

// devices begin the line that phones and apps add.
var devices = words(`sent from my |sent from mail for windows|sent from yahoo|sent from outlook|sent from samsung|sent from proton|sent with proton|sent via |get outlook for |sent from the |von meinem |gesendet von |gesendet mit |envoyé de |envoyé depuis |enviado desde mi|enviado do meu|enviado de mi|enviado a partir |enviado desde |inviato da |verstuurd vanaf |verzonden vanaf |verzonden met |skickat från |sendt fra |lähetetty |wysłane z |odesláno z |odoslané z |отправлено с |отправлено из |надіслано з |iphone'umdan gönderildi|elküldve |trimis de pe |στάλθηκε από |iphoneから送信|发自我的|從我的|나의 iphone에서 보냄`)

// isDeviceLine reports "Sent from my phone" and its kin.
func isDeviceLine(t string) bool {
	if len(t) > 100 || len(t) < 10 {
		return false
	}
	lower := strings.ToLower(strings.Trim(t, "<>[]()*_ "))
	for _, d := range devices {
		if strings.HasPrefix(lower, d) {
			return true
		}
	}
	return false
}

// labels are the field names of a header block over history, by what they
// name: f from, d date, t to, c copy, s subject.
var labels = func() map[string]byte {
	m := map[string]byte{}
	for kind, list := range map[byte]string{
		'f': "from|von|de|van|da|från|fra|lähettäjä|od|nadawca|odesílatel|odosielateľ|от|от кого|від|від кого|kimden|gönderen|feladó|de la|από|pošiljatelj|šalje|nuo|no|saatja|差出人|送信者|发件人|寄件者|보낸 사람|보낸사람|من|מאת|từ|dari|จาก|expéditeur",
		'd': "sent|date|datum|gesendet|envoyé|date d'envoi|enviado|enviado el|enviada em|enviada|fecha|data|inviato|verzonden|verstuurd|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|data wysłania|odesláno|odoslané|отправлено|дата|надіслано|відправлено|gönderildi|gönderme tarihi|tarih|elküldve|dátum|küldve|trimis|trimis la|στάλθηκε|ημερομηνία|poslano|išsiųsta|nosūtīts|saadetud|送信日時|日時|日付|发送时间|发送日期|日期|寄件日期|傳送時間|보낸 날짜|날짜|تاريخ الإرسال|נשלח|ngày|đã gửi|tanggal|dikirim|ส่ง",
		't': "to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|кому|до|kime|alıcı|címzett|către|προς|za|prima|kam|宛先|收件人|收件者|받는 사람|받는사람|إلى|אל|đến|tới|kepada|ถึง|destinataire",
		'c': "cc|kopie|copie à|kopia|kopi|kopio|копия|копія|bilgi|másolatot kap|抄送|副本|참조|bcc|reply-to|antwort an",
		's': "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|konu|tárgy|subiect|θέμα|tema|teema|件名|主题|主題|주제|제목|الموضوع|נושא|chủ đề|perihal|subjek|เรื่อง",
	} {
		for _, w := range strings.Split(list, "|") {
			m[w] = kind
		}
	}
	return m
}()

// label is the kind of a header-block line, or 0.
func label(line string) byte {
	line = strings.TrimLeft(line, " \t*_\u00a0")
	i := strings.IndexAny(line[:min(len(line), 60)], ":：")
	if i <= 0 {
		return 0
	}
	return labels[strings.ToLower(strings.TrimRight(line[:i], " *_\u00a0"))]
}

// headerBlock reports that line i starts the header of an older message: a
// sender and two more of date, recipient and subject within eight lines, with
// room for folded recipients; or a mailbox and a full date.
func (s *stripper) headerBlock(i int) bool {
	first := label(s.lines[i])
	if first == 0 || s.tries <= 0 {
		return false
	}
	s.tries--
	seen := map[byte]bool{}
	other := 0
	mailbox, when := false, false
	for j := i; j < len(s.lines) && j < i+8; j++ {
		t := strings.TrimSpace(s.lines[j])
		if t == "" {
			// Some programs put an empty line between the fields.
			if j == i+1 && j+1 < len(s.lines) && label(s.lines[j+1]) != 0 {
				continue
			}
			break
		}
		if k := label(t); k != 0 {
			seen[k] = true
			other = 0
			mailbox = mailbox || k == 'f' && strings.Contains(t, "@")
			when = when || k == 'd' && hasYear(t) && hasClock(t)
		} else if other++; other > 2 {
			break
		}
	}
	return seen['f'] && len(seen) >= 3 && (seen['d'] || seen['s']) || mailbox && when
}
