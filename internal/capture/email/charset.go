package email

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// aliases are labels that mail programs write and that the WHATWG index does
// not know, or knows under another meaning.
var aliases = map[string]encoding.Encoding{
	"ks_c_5601-1987": korean.EUCKR, "ks_c_5601": korean.EUCKR, "ksc5601": korean.EUCKR, "cp949": korean.EUCKR, "uhc": korean.EUCKR, "ms949": korean.EUCKR,
	"x-sjis": japanese.ShiftJIS, "cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS, "windows-932": japanese.ShiftJIS, "sjis": japanese.ShiftJIS,
	"iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP, "iso-2022-jp-3": japanese.ISO2022JP, "iso-2022-jp-ms": japanese.ISO2022JP, "cp50220": japanese.ISO2022JP, "cp50221": japanese.ISO2022JP,
	"hz-gb-2312": simplifiedchinese.HZGB2312, "cp936": simplifiedchinese.GBK, "gb18030-2000": simplifiedchinese.GB18030,
	"cp437": charmap.CodePage437, "cp850": charmap.CodePage850, "cp852": charmap.CodePage852, "cp855": charmap.CodePage855, "cp858": charmap.CodePage858,
	"cp860": charmap.CodePage860, "cp862": charmap.CodePage862, "cp863": charmap.CodePage863, "cp865": charmap.CodePage865, "cp866": charmap.CodePage866,
	"cp874": charmap.Windows874, "windows-874": charmap.Windows874, "tis-620": charmap.Windows874, "iso-8859-11": charmap.Windows874,
	"cp1250": charmap.Windows1250, "cp1251": charmap.Windows1251, "cp1252": charmap.Windows1252, "cp1253": charmap.Windows1253, "cp1254": charmap.Windows1254,
	"cp1255": charmap.Windows1255, "cp1256": charmap.Windows1256, "cp1257": charmap.Windows1257, "cp1258": charmap.Windows1258,
	"mac": charmap.Macintosh, "macroman": charmap.Macintosh, "x-mac-roman": charmap.Macintosh,
	"utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "ucs-2": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

// normalLabel folds the ways in which one charset is written: case, quotes,
// the RFC 2231 language, and prefixes such as ibm or x-cp.
func normalLabel(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	label, _, _ = strings.Cut(label, "*")
	if len(label) > 40 {
		return ""
	}
	label = strings.ReplaceAll(label, " ", "")
	for _, p := range []string{"ibm", "x-cp", "cp-", "cp_", "ibm-"} {
		if rest, ok := strings.CutPrefix(label, p); ok && rest != "" && strings.Trim(rest, "-0123456789") == "" {
			return "cp" + strings.TrimLeft(rest, "-")
		}
	}
	return label
}

// decodeCharset turns b into valid UTF-8. A missing, unknown or evidently wrong
// label leads to a guess; bytes that can't be read become U+FFFD.
func decodeCharset(label string, b []byte) string {
	switch label = normalLabel(label); label {
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7", "unicode-2-0-utf-7", "csunicode11utf7":
		return decodeUTF7(b)
	case "iso-2022-kr":
		return decodeISO2022KR(b)
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "default", "default_charset", "8bit", "binary", "utf-8mb4", "unicode-1-1-utf-8":
		return guess(b)
	}
	enc, ok := aliases[label]
	if !ok {
		var err error
		if enc, err = htmlindex.Get(label); err != nil || enc == encoding.Replacement {
			return guess(b)
		}
	}
	// A label of the Latin-1 family over valid UTF-8 with letters outside
	// ASCII is the mailer's default, not the truth.
	if (enc == charmap.Windows1252 || enc == charmap.ISO8859_15) && utf8.Valid(b) {
		return string(b)
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return guess(b)
	}
	return string(out)
}

// guess reads bytes without a usable label: UTF-8 when they are, ISO-2022-JP by
// its escapes, else windows-1252. Mostly-UTF-8 stays UTF-8 with its bad bytes
// replaced.
func guess(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) {
		if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return string(out)
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			good++
		}
		i += n
	}
	if good > bad {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	out, _ := charmap.Windows1252.NewDecoder().Bytes(b)
	return string(out)
}

// decodeISO2022KR reads RFC 1557, which the text library lacks: between SO and
// SI are the letters of EUC-KR without their high bit.
func decodeISO2022KR(b []byte) string {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(b))
	shifted := false
	for _, c := range b {
		switch {
		case c == 0x0e:
			shifted = true
		case c == 0x0f || c == '\n':
			shifted = false
			if c == '\n' {
				out = append(out, c)
			}
		case shifted && c > ' ':
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	s, _ := korean.EUCKR.NewDecoder().Bytes(out)
	return string(s)
}
