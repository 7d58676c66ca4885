package journey

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"
)

// Weights are log-odds that a contact belongs to a journey rather than opening
// a new one, one for each feature.
type Weights [features]float64

func (w *Weights) score(x *vector) float64 {
	z := 0.0
	for k, v := range x {
		z += w[k] * v
	}
	return z
}

// prior are the weights before anything was learned, set by hand. Learning
// starts from them and is drawn towards them, so that what the examples don't
// show keeps its sense.
var prior = Weights{
	fBias: -1, fGap: -.3, fWeek: -.3, fMonth: -.5, fIntent: 2.2, fAdjacent: .7, fOther: -2.2, fGuess: .8, fGuessOther: -.3,
	fWords: 4, fManyWords: .3, fRareWords: 1, fNoWords: -1.6, fConflict: -6, fProduct: 1.2, fOtherProduct: -.8, fAfterOrder: 3,
	fWaitsForUs: 1.2, fUnanswered: .3, fWaitsForThem: .9, fEffort: 2.2, fEffortLatest: 1, fRefers: 1.4,
	fOurTurn: 2.2, fOurChannel: 1, fNotOurTurn: -.2, fLatest: .2, fOnly: .1, fChannel: .3, fConversation: 1.8, fClosed: -.8, fParted: -8,
}

// Parameters are what the linker learned: its weights, and how common words
// are, hashed as Words does, as the share of contacts that use them.
type Parameters struct {
	Weights Weights            `json:"weights"`
	Common  map[uint32]float32 `json:"common"`
}

// rarity of a word: 0 when every contact uses it, 1 when fewer than one in a
// thousand do.
func (p *Parameters) rarity(word uint32) float64 {
	share, ok := p.Common[word]
	if !ok {
		return 1
	}
	return min(max(math.Log(float64(share))/math.Log(.001), 0), 1)
}

//go:embed linker.json
var learnedJSON []byte

// learned came from the synthetic generator and the words of the starter
// examples; "rapport train journeys" makes it anew.
var learned = sync.OnceValue(func() *Parameters {
	p, err := ParseParameters(learnedJSON)
	if err != nil {
		panic("linker.json: " + err.Error()) // it is part of the program
	}
	return p
})

func (l linker) parameters() *Parameters {
	if l.p != nil {
		return l.p
	}
	return learned()
}

// ParseParameters reads what MarshalJSON wrote.
func ParseParameters(data []byte) (*Parameters, error) {
	p := &Parameters{}
	return p, json.Unmarshal(data, p)
}

// UnmarshalJSON reads weights by the names of their features; each must be
// there.
func (w *Weights) UnmarshalJSON(data []byte) error {
	var named map[string]float64
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	for k, name := range featureNames {
		v, ok := named[name]
		if !ok {
			return fmt.Errorf("no weight for %s", name)
		}
		w[k] = v
	}
	return nil
}

// MarshalJSON writes weights by the names of their features.
func (w Weights) MarshalJSON() ([]byte, error) {
	named := make(map[string]float64, features)
	for k, name := range featureNames {
		named[name] = math.Round(w[k]*1e4) / 1e4
	}
	return json.Marshal(named)
}

// Confidence of the links that are no matter of scores, and the most
// that a score can give.
const (
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
