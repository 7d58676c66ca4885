package demo

import (
	"math/rand/v2"
	"time"
)

// usualWait is how long a step of this kind comes after the one before it,
// when its script doesn't say.
func usualWait(who byte, channel string) (from, to time.Duration) {
	switch channel {
	case "chat":
		return 15 * time.Second, 100 * time.Second
	case "sms", "wa":
		if who == '<' {
			return 4 * time.Minute, 70 * time.Minute
		}
		return time.Minute, 25 * time.Minute
	case "mail":
		switch who {
		case '<':
			return 2 * time.Hour, 26 * time.Hour
		case '*':
			return 20 * time.Second, 3 * time.Minute
		}
		return 40 * time.Minute, 14 * time.Hour
	case "web", "order":
		return time.Minute, 9 * time.Minute
	case "note":
		return 2 * time.Minute, 12 * time.Minute
	case "community", "social":
		return 30 * time.Minute, 9 * time.Hour
	}
	return 20 * time.Hour, 80 * time.Hour
}

// between draws a duration, shorter ones more often.
func between(r *rand.Rand, from, to time.Duration) time.Duration {
	if to <= from {
		return from
	}
	x := r.Float64()
	return from + time.Duration(x*x*float64(to-from))
}

// hours are when a channel is in use, in local hours, on working days,
// Saturdays and Sundays; a closed day has from == to.
type hours [3][2]int

var (
	answering = hours{{8, 18}, {9, 15}, {0, 0}}   // agents answering mail
	phoneOpen = hours{{8, 20}, {9, 18}, {10, 17}} // the telephone and chat desk
	shopOpen  = hours{{9, 18}, {10, 17}, {0, 0}}  // the two shops
	awake     = hours{{7, 23}, {8, 24}, {9, 23}}  // customers writing
	always    = hours{{0, 24}, {0, 24}, {0, 24}}  // machines
)

func openHours(who byte, channel string) hours {
	switch channel {
	case "call", "chat":
		if who == '<' && channel == "call" {
			return answering
		}
		return phoneOpen
	case "store", "meeting", "note":
		return shopOpen
	}
	switch who {
	case '<':
		return answering
	case '*':
		if channel == "sms" {
			return awake // machines let people sleep
		}
		return always
	}
	return awake
}

// settle moves t to the next moment at which the channel is in use. What had
// to wait for opening time arrives spread over the first three hours of it.
func settle(r *rand.Rand, t time.Time, h hours) time.Time {
	local := t.In(zone)
	moved := false
	for range 8 {
		kind := 0
		switch local.Weekday() {
		case time.Saturday:
			kind = 1
		case time.Sunday:
			kind = 2
		}
		day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
		open := day.Add(time.Duration(h[kind][0]) * time.Hour)
		end := day.Add(time.Duration(h[kind][1]) * time.Hour)
		if open.Before(end) {
			if local.Before(open) {
				local, moved = open, true
			}
			if local.Before(end) {
				break
			}
		}
		local, moved = day.AddDate(0, 0, 1), true
	}
	if moved {
		local = local.Add(2*time.Minute + time.Duration(r.Int64N(int64(3*time.Hour))))
	}
	return local
}
