package api

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"runtime/debug"
	"strings"
	"unicode"
	"unicode/utf8"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func ptr[T any](v T) *T { return &v }

func stack() string { return string(debug.Stack()) }

// contentID names bytes that came without a name of their own.
func contentID(raw []byte) string {
	h := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(h[:])
}

// maxPreview is the length of a preview, in bytes.
const maxPreview = 240

// printable is the beginning of raw bytes as a person may look at them: what
// is no text becomes a dot, and nothing turns the direction of the line.
func printable(head []byte) string {
	var b strings.Builder
	for len(head) > 0 && b.Len() < maxPreview {
		r, n := utf8.DecodeRune(head)
		head = head[n:]
		switch {
		case r == utf8.RuneError && n <= 1:
			b.WriteRune('·')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case !unicode.IsPrint(r):
			b.WriteRune('·')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
