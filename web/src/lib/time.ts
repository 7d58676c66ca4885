import { currentLocale, perLocale } from './locale'
import { dayAt, wall, zone } from './zone'

// Dates for people, in their language and time zone. Every function takes `now`, so that it can be tested.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const dates = (options: Intl.DateTimeFormatOptions) => {
  const inZone = perLocale((l) => {
    const made = new Map<string | undefined, Intl.DateTimeFormat>()
    return (timeZone: string | undefined) => {
      const one = made.get(timeZone) ?? new Intl.DateTimeFormat(l, { ...options, timeZone })
      made.set(timeZone, one)
      return one
    }
  })
  return () => inZone()(zone())
}
const clock = dates({ hour: '2-digit', minute: '2-digit' })
const dayMonth = dates({ day: 'numeric', month: 'short' })
const dayMonthYear = dates({ day: 'numeric', month: 'short', year: 'numeric' })
const longDay = dates({ weekday: 'long', day: 'numeric', month: 'long' })
const longDayYear = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const weekday = dates({ weekday: 'short' })
const exactFormat = dates({ dateStyle: 'full', timeStyle: 'short' })
const ago = perLocale((l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto', style: 'short' }))
const english = (): boolean => currentLocale() === 'en-GB'

/** English has shorter words here than Intl gives: "5 h ago", not "5 hr ago". */
const hoursAgo = (n: number): string => (english() ? `${n} h ago` : ago().format(-n, 'hour'))

type Unit = 'second' | 'minute' | 'hour' | 'day'
const UNITS: Readonly<Record<Unit, () => Intl.NumberFormat>> = {
  second: unitFormat('second'),
  minute: unitFormat('minute'),
  hour: unitFormat('hour'),
  day: unitFormat('day'),
}
function unitFormat(unit: Unit): () => Intl.NumberFormat {
  return perLocale(
    (l) => new Intl.NumberFormat(l, { style: 'unit', unit, unitDisplay: unit === 'day' ? 'long' : 'short' }),
  )
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(currentLocale()) + text.slice(1)

/** Whole calendar days between two instants; daylight saving does not shift it. */
export function daysBetween(earlier: number, later: number): number {
  return Math.round((dayAt(later) - dayAt(earlier)) / DAY)
}

/** How long ago, as short as it can be said: "now", "5 min ago", "yesterday", "3 days ago", "12 Mar". */
export function relative(iso: string, now: number): string {
  const t = Date.parse(iso)
  if (Number.isNaN(t)) return ''
  const age = now - t
  if (age < -MINUTE) return shortDate(iso, now)
  if (age < MINUTE) return ago().format(0, 'second')
  if (age < HOUR) return ago().format(-Math.floor(age / MINUTE), 'minute')
  const days = daysBetween(t, now)
  if (days === 0) return hoursAgo(Math.floor(age / HOUR))
  if (days === 1) return age < 12 * HOUR ? hoursAgo(Math.floor(age / HOUR)) : ago().format(-1, 'day')
  if (days < 7) return ago().format(-days, 'day')
  return shortDate(iso, now)
}

const sameYear = (t: number, now: number): boolean => wall(t).getUTCFullYear() === wall(now).getUTCFullYear()

/** "12 Mar", with the year when it is not this one. */
export function shortDate(iso: string, now: number): string {
  const t = Date.parse(iso)
  return (sameYear(t, now) ? dayMonth() : dayMonthYear()).format(t)
}

/** The hour and minute, for use under a day header. */
export function timeOfDay(iso: string): string {
  return clock().format(new Date(iso))
}

/** "Mon". */
export const shortWeekday = (t: number): string => weekday().format(t)

/** Everything, for hover and for screen readers. */
export function exact(iso: string): string {
  return exactFormat().format(new Date(iso))
}

/** A day header: "Today", "Yesterday", "Tuesday, 3 March". */
export function dayTitle(iso: string, now: number): string {
  const t = Date.parse(iso)
  const days = daysBetween(t, now)
  if (days === 0 || days === 1) return capital(ago().format(-days, 'day'))
  return (sameYear(t, now) ? longDay() : longDayYear()).format(t)
}

/** A key that is equal for instants of one day in the viewer's time zone. */
export function dayKey(iso: string): string {
  const d = wall(Date.parse(iso))
  return `${d.getUTCFullYear()}-${d.getUTCMonth() + 1}-${d.getUTCDate()}`
}

/** "3–14 Mar" or "28 Feb – 3 Mar": the days that a journey lasted. */
export function dayRange(from: string, to: string, now: number): string {
  if (dayKey(from) === dayKey(to)) return shortDate(from, now)
  return dayMonth().formatRange(new Date(from), new Date(to))
}

/** A length of time in its largest unit: "40 s", "12 min", "5 h", "3 days". */
export function duration(seconds: number): string {
  const [n, unit]: readonly [number, Unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [seconds / 60, 'minute']
        : seconds < 86_400
          ? [seconds / 3600, 'hour']
          : [seconds / 86_400, 'day']
  const whole = Math.round(n)
  if (english() && unit !== 'day') return `${whole} ${unit === 'minute' ? 'min' : unit === 'hour' ? 'h' : 's'}`
  return UNITS[unit]().format(whole)
}

/** Go's zero time and a missing one are the same: there was none. */
export function isSet(iso: string | undefined): iso is string {
  return iso !== undefined && iso !== '' && !iso.startsWith('0001-')
}
