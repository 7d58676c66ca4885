package email

import (
	"strings"
	"unicode/utf16"
)

// decodeUTF7 reads RFC 2152. What is not valid stays as it is written.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); {
		c := b[i]
		if c != '+' {
			out.WriteByte(c)
			i++
			continue
		}
		i++
		if i < len(b) && b[i] == '-' {
			out.WriteByte('+')
			i++
			continue
		}
		start, bits, n := i, uint32(0), 0
		var units []uint16
		for ; i < len(b); i++ {
			v := base64Value[b[i]]
			if v > 63 {
				break
			}
			bits, n = bits<<6|uint32(v), n+6
			if n >= 16 {
				n -= 16
				units = append(units, uint16(bits>>n))
			}
		}
		if i == start {
			out.WriteByte('+')
			continue
		}
		out.WriteString(string(utf16.Decode(units)))
		if i < len(b) && b[i] == '-' {
			i++
		}
	}
	return out.String()
}
