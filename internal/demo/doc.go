// Package demo tells ninety days of an invented telecom firm, Halden Mobile of
// the invented town of Halden, so that a fresh installation has something
// honest to show.
//
// In: a moment. Out: a sequence of crm.Item in order of OccurredAt, each as its
// channel would have delivered it: real RFC 5322 bytes for mail, the JSON of
// POST /v1/interactions for everything else. It writes no table, reads no
// clock and sends nothing; the items go through the ordinary pipeline.
//
// Promises: the same hour gives the same items, byte for byte. Everything lies
// in [now-90d, now]. (Source, ExternalID) never repeats, and external ids,
// people, addresses, order numbers and the choice of words depend on nothing
// but the scripts; only dates move with now. References of a mail name earlier
// mails of the demo. Every address is under .example. Telephone numbers come
// from ranges set aside for fiction: London 020 7946 0xxx (Ofcom), German 0171
// 39200xx and 0176 040690xx (Bundesnetzagentur), and, as the Netherlands
// reserve none, the disused pager range 066.
//
// The stories are scripts in stories/*.txt, which script.go documents; a
// support manager can read and extend them. Most are told many times with
// other people, numbers and words. The people below have constants, and their
// stories are in stories/special*.txt:
//
//   - Jan: adds Text Plan M six days ago, gets a confirmation that doesn't say
//     when it starts, asks by reply, hears nothing, phones three days ago. An
//     invoice question of sixty days ago is resolved.
//   - Piet: her husband, with his own account; both accounts hold FamilyPhone,
//     verified, and he calls from it about his own fault.
//   - The Okafor, Brandt and de Wit families share a telephone, a mail address
//     and a telephone (cast.go lists them).
//   - Tulip: a company whose three employees write from one info@ address.
//   - Typo and TypoClaim: an order claims a mistyped address, unverified; the
//     customer later writes from the right one. Suggest, don't merge.
//   - Churn: anger that climbs over four channels to a threat to leave.
//   - TwoThreads: a fault and a wrong invoice, contacts alternating.
//   - LongThread: twelve mails in one thread. Revived: a thread answered again
//     after 75 days.
//   - Stranger: replies from another address into Forwarder's thread.
//   - Heavy: about 600 web events. Business: meetings, visits and an account
//     manager.
//   - Bereaved: a contract ended after a death, with care. Grateful: a review
//     that thanks.
//   - OutageDaysAgo: the day on which the network failed and everybody wrote.
//
// A story of the named people has external ids that begin with its name in the
// script, such as jan-text-plan-13; orders have their order number, mails their
// Message-ID.
package demo
