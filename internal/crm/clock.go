package crm

import "time"

// Clock tells the time. Production passes time.Now; tests pass their own.
type Clock func() time.Time

// Micros is t as the database keeps it: microseconds since 1970, UTC.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the reverse of Micros; 0 gives the zero time.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
