package email

import "strings"

// unflow joins the soft-broken lines of format=flowed (RFC 3676 4). Quote marks
// stay at the front of each paragraph; delSp drops the blank of a soft break.
func unflow(s string, delSp bool) string {
	lines := strings.Split(s, "\n")
	var out strings.Builder
	out.Grow(len(s))
	open, openDepth := false, 0
	for i, line := range lines {
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		text := line[depth:]
		text = strings.TrimPrefix(text, " ") // space-stuffing
		signature := text == "-- "
		if open && (depth != openDepth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && depth > 0 {
			out.WriteString(line[:depth])
			out.WriteByte(' ')
		}
		soft := strings.HasSuffix(text, " ") && !signature
		if soft && delSp {
			text = text[:len(text)-1]
		}
		out.WriteString(text)
		open, openDepth = soft, depth
		if !soft && i < len(lines)-1 {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
