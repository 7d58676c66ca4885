// Package desk is the work on conversations: whose turn it is, who has a case,
// until when it wants an answer, and what people do with it.
//
// In: the contacts of a batch with their conversations, and what people decide.
// Out: one case a conversation that people answer, its events, and the settings
// that a team works by. It writes the tables cases, case_tags, case_events,
// case_marks, case_seen, mentions, notifications, drafts, case_merges, tags, macros, views, schedules and
// sla_policies.
//
// Promises: a customer who wrote and was not answered is in todo, whoever closed,
// snoozed or ignored what before (ignored conversations excepted); automatic mail
// changes no turn, and neither does a sender who failed authentication; every
// change by a person is one entry that can be undone exactly, unless somebody
// changed the same thing meanwhile, which is said; of two people who claim a case
// one gets it; targets run in opening hours and rest while we wait for the
// customer.
//
// It sends nothing and moves no contact: a merged case reads two conversations,
// and taking the merge back parts them again.
package desk
