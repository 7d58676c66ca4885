// Package fake is an endpoint that speaks the OpenAI API, for tests: chat
// completions and audio transcriptions, as the vendor's API reference describes
// them (platform.openai.com/docs/api-reference), with its checks of requests and
// the form of its errors. The vendor's own library accepts it (e2e/openai).
//
// In: requests over HTTP. Out: what Answer and Transcribe say, in the documented
// form, and every request as it came in. It writes no table, and no program that is
// released has it.
package fake
