// Package capture takes in contacts as their channels delivered them.
//
// In: crm.Item, an envelope with the bytes that it was made from. Out: a clean
// envelope that fits the store, and its rows. It writes raws and interactions,
// inside the transaction of its caller; the packages below it each speak one
// channel's format and write nothing.
//
// Promises: the raw bytes are kept with every contact; (source, external id) is
// the dedupe, whatever time a redelivery claims; what breaks the contract is
// refused with a JSON pointer to what is wrong; what could not be parsed is
// quarantined with its bytes, visible and retryable. It never invents a value
// that the source did not give.
package capture
