package journey

import "time"

// The linker's weights: log-odds that a contact belongs to a journey rather
// than opening a new one. Author counts their version; figures of the
// generator test move with them.
const (
	wBias = -1.2 // a contact is more often about something new than about any one journey

	wGap       = -.35 // per doubling of (1 + hours/6) since the journey's last contact
	wIntent    = 2.6  // the same intent, times its confidence
	wAdjacent  = .8   // an intent that often follows or goes with the journey's
	wOther     = -2.4 // both intents are known and differ
	wGuess     = .8   // the best guess of a model that abstained, on one side, is the other's intent
	wWords     = 4.5  // share of the contact's content words that the journey knows
	wNoWords   = -1.8 // several content words, none of them shared
	wConflict  = -3.5 // names another order, invoice, ticket … than the journey
	wProduct   = 1.2  // the same product
	wOtherProd = -.8  // another product

	wWaitsForUs   = 1.4 // they wait for us and speak: mostly to ask where the answer stays
	wUnanswered   = .4  // … the more with a question of theirs open
	wWaitsForThem = 1.0 // we wait for them and they speak
	wEffort       = 2.4 // "I wrote already": the one journey that waits for us
	wEffortLatest = 1.0 // … the latest of several that wait, else the latest of all
	wRefers       = 1.6 // "when I called", "any news": not the first contact about it
	wOurTurn      = 2.2 // a person of ours speaks, and the last word was theirs
	wOurChannel   = 1.0 // … on the channel of the customer's last contact

	wChannel      = .3  // the same channel
	wConversation = 1.8 // the same pair of numbers or handles, which talks about many things
	wClosed       = -.8 // resolved or abandoned
)

// Confidence of the links that are no matter of scores, and what makes a score
// a confidence.
const (
	temper           = .75 // scores count what hangs together twice; tempered, they match the share that is right
	sureConversation = .97
	sureEntity       = .98
	sureConfirmation = .9  // an automatic message within minutes of an order
	sureThanks       = .85 // a bare thanks after an answer of ours
	sureRecent       = .7  // a web event or note within minutes, of the same matter
	mostSure         = .96 // no score is surer than this
)

// clearly is from which confidence an intent can say that a conversation has
// turned to something else.
const clearly = .5

// wordy is from how many content words a thanks must share one with what it
// thanks for.
const wordy = 5

// Windows of the rules.
const (
	talkGap         = time.Hour        // within it a talk stays with its matter, whatever one line sounds like
	talkPause       = 24 * time.Hour   // a chat or text conversation paused longer than this may be about something else
	coldAfter       = 30 * day         // a mail conversation quiet longer than this may be picked up for something else
	reopenWithin    = 7 * day          // "still not solved" reopens a closed journey
	repeatWithin    = 30 * day         // the same issue again is a repeat contact
	orderWithin     = 60 * day         // a contact about an order belongs to it
	confirmedWithin = 15 * time.Minute // an automatic message follows an order
	noticeWithin    = 7 * day          // an automatic message about an open journey's matter
	recently        = 30 * time.Minute // a web event goes with what just happened
	thanksWithin    = 10 * day         // thanks for an answer
	remember        = 400 * day        // how far back journeys are looked at
)
