// Dates for people. Every function takes `now`, so that it can be tested.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const LOCALE = 'en-GB'
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' })
const dayMonth = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' })
const longDay = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' })
const longDayYear = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const exactFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' })

/** Midnight of the day that holds t, in the viewer's time zone. */
function startOfDay(t: number): number {
  const d = new Date(t)
  d.setHours(0, 0, 0, 0)
  return d.getTime()
}

/** Whole calendar days between two instants; daylight saving does not shift it. */
export function daysBetween(earlier: number, later: number): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY)
}

/** How long ago, as short as it can be said: "now", "5 min ago", "yesterday", "3 days ago", "12 Mar". */
export function relative(iso: string, now: number): string {
  const t = Date.parse(iso)
  if (Number.isNaN(t)) return ''
  const age = now - t
  if (age < -MINUTE) return shortDate(iso, now)
  if (age < MINUTE) return 'now'
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`
  const days = daysBetween(t, now)
  if (days === 0) return `${Math.floor(age / HOUR)} h ago`
  if (days === 1) return age < 12 * HOUR ? `${Math.floor(age / HOUR)} h ago` : 'yesterday'
  if (days < 7) return `${days} days ago`
  return shortDate(iso, now)
}

/** "12 Mar", with the year when it is not this one. */
export function shortDate(iso: string, now: number): string {
  const d = new Date(iso)
  return (d.getFullYear() === new Date(now).getFullYear() ? dayMonth : dayMonthYear).format(d)
}

/** The hour and minute, for use under a day header. */
export function timeOfDay(iso: string): string {
  return clock.format(new Date(iso))
}

/** Everything, for hover and for screen readers. */
export function exact(iso: string): string {
  return exactFormat.format(new Date(iso))
}

/** A day header: "Today", "Yesterday", "Tuesday, 3 March". */
export function dayTitle(iso: string, now: number): string {
  const t = Date.parse(iso)
  const days = daysBetween(t, now)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return (new Date(t).getFullYear() === new Date(now).getFullYear() ? longDay : longDayYear).format(t)
}

/** A key that is equal for instants of one day in the viewer's time zone. */
export function dayKey(iso: string): string {
  const d = new Date(iso)
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`
}

/** "3–14 Mar" or "28 Feb – 3 Mar": the days that a journey lasted. */
export function dayRange(from: string, to: string, now: number): string {
  if (dayKey(from) === dayKey(to)) return shortDate(from, now)
  return dayMonth.formatRange(new Date(from), new Date(to))
}

/** A length of time in its largest unit: "40 s", "12 min", "5 h", "3 days". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`
  const days = Math.round(seconds / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

/** Go's zero time and a missing one are the same: there was none. */
export function isSet(iso: string | undefined): iso is string {
  return iso !== undefined && iso !== '' && !iso.startsWith('0001-')
}
