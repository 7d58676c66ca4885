package files

import (
	"bytes"
	"slices"
)

// Audio tells what kind of sound bytes are by their beginning, as the ending of a
// file's name and a media type: wav, mp3, m4a, ogg, webm, flac. Those are what a
// telephone system or a browser records.
func Audio(body []byte) (ending, contentType string, ok bool) {
	at := func(n int, s string) bool { return len(body) >= n+len(s) && string(body[n:n+len(s)]) == s }
	switch {
	case at(0, "RIFF") && at(8, "WAVE"):
		return "wav", "audio/wav", true
	case at(0, "ID3"), len(body) > 2 && body[0] == 0xff && body[1]&0xe6 == 0xe2: // ISO/IEC 11172-3: frame sync, layer III
		return "mp3", "audio/mpeg", true
	case at(4, "ftyp") && slices.ContainsFunc([]string{"M4A ", "M4B ", "mp42", "mp41", "isom", "iso2", "iso5", "iso6", "dash", "3gp4", "3gp5", "3gp6"}, func(b string) bool { return at(8, b) }):
		return "m4a", "audio/mp4", true
	case at(0, "OggS"):
		return "ogg", "audio/ogg", true
	case at(0, "\x1aE\xdf\xa3") && bytes.Contains(body[:min(len(body), 64)], []byte("webm")):
		return "webm", "audio/webm", true
	case at(0, "fLaC"):
		return "flac", "audio/flac", true
	}
	return "", "", false
}
