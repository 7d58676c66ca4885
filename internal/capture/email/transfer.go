package email

import "bytes"

// base64Value gives the six bits of a base64 letter, and 255 for the rest.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	return t
}()

// decodeTransfer undoes a Content-Transfer-Encoding, up to limit bytes; cutOff
// says that there was more. An unknown encoding is taken as none.
func decodeTransfer(encoding string, b []byte, limit int) (out []byte, cutOff bool) {
	switch encoding {
	case "base64":
		// Room for the letters of limit bytes; white space and damage only
		// make the result shorter.
		n := min(len(b)/4*3+3, limit)
		return decodeBase64(b, make([]byte, 0, n), limit)
	case "quoted-printable":
		return decodeQuotedPrintable(b, make([]byte, 0, min(len(b), limit)), limit)
	}
	if len(b) > limit {
		return b[:limit], true
	}
	return b, false
}

// decodeBase64 skips everything that is not a base64 letter. Padding ends the
// data of its line, and the next line starts anew, because some programs join
// encoded blocks.
func decodeBase64(b, out []byte, limit int) ([]byte, bool) {
	var acc uint32
	n, padded := 0, false
	for _, c := range b {
		v := base64Value[c]
		if v > 63 || padded {
			switch c {
			case '=':
				acc, n, padded = 0, 0, true
			case '\n':
				padded = false
			}
			continue
		}
		acc, n = acc<<6|uint32(v), n+6
		if n >= 8 {
			if len(out) >= limit {
				return out, true
			}
			n -= 8
			out = append(out, byte(acc>>n))
		}
	}
	return out, false
}

// decodeQuotedPrintable reads RFC 2045 6.7. An "=" that starts no valid escape
// stays as it is.
func decodeQuotedPrintable(b, out []byte, limit int) ([]byte, bool) {
	for len(b) > 0 {
		if len(out) >= limit {
			return out, true
		}
		line, rest, eol := b, []byte(nil), false
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, rest, eol = b[:i], b[i+1:], true
		}
		b = rest
		// White space at the end of a line was added on the way.
		line = bytes.TrimRight(line, " \t\r")
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			c := line[i]
			if c == '=' && i+2 < len(line) {
				hi, lo := hexValue(line[i+1]), hexValue(line[i+2])
				if hi < 16 && lo < 16 {
					c = hi<<4 | lo
					i += 2
				}
			}
			out = append(out, c)
		}
		if eol && !soft {
			out = append(out, '\n')
		}
	}
	if len(out) > limit {
		return out[:limit], true
	}
	return out, false
}

func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// decodedSize is how many bytes a body has after decoding, counted without
// decoding it into memory.
func decodedSize(encoding string, b []byte) int64 {
	switch encoding {
	case "base64":
		var letters, total int64
		padded := false
		for _, c := range b {
			switch {
			case c == '\n':
				padded = false
			case c == '=':
				total += letters * 6 / 8
				letters, padded = 0, true
			case !padded && base64Value[c] < 64:
				letters++
			}
		}
		return total + letters*6/8
	case "quoted-printable":
		var n int64
		for len(b) > 0 {
			i := bytes.IndexByte(b, '\n') + 1
			if i == 0 {
				i = len(b)
			}
			piece, _ := decodeQuotedPrintable(b[:min(i, 64<<10)], nil, 64<<10)
			n += int64(len(piece))
			b = b[min(i, 64<<10):]
		}
		return n
	}
	return int64(len(b))
}
