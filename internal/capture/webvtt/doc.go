// Package webvtt reads transcripts in the form of WebVTT, the text tracks of the
// web (W3C, https://www.w3.org/TR/webvtt1/).
//
// In: the bytes of a file. Out: its cues in order of time, each with the times,
// and the words of each voice without their marks. It writes no table and
// decides nothing about who a voice is.
//
// It promises: any bytes may come in, it never panics; its time grows with the
// length of the file, which is bounded; a cue that breaks the format is left out
// and counted, and the others stand. It follows the parser of the standard,
// section 6.1 to 6.4, and differs in two points: regions and styles are skipped,
// and a file without a single cue is an error.
package webvtt
