import { createKeptStore } from './store'

// Times of day in the time zone that a person chose, which need not be the machine's.

/** The chosen zone, an IANA name; empty: the browser's. */
export const timeZone = createKeptStore<string>('time-zone', '')

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const formats = new Map<string, Intl.DateTimeFormat | undefined>()
function offsetFormat(name: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(name)) {
    try {
      formats.set(name, new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' }))
    } catch {
      formats.set(name, undefined)
    }
  }
  return formats.get(name)
}

/** The zone in use, as Intl wants it; undefined: the browser's, also when it does not know the chosen one. */
export function zone(): string | undefined {
  const chosen = timeZone.get()
  return chosen !== '' && offsetFormat(chosen) ? chosen : undefined
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export function offsetOf(name: string | undefined, t: number): number {
  if (name === undefined || Number.isNaN(t)) return -new Date(t).getTimezoneOffset() * 60_000
  const found = /GMT([+-])(\d\d):(\d\d)/.exec(offsetFormat(name)?.format(t) ?? '')
  if (!found) return 0
  return (found[1] === '-' ? -60_000 : 60_000) * (Number(found[2]) * 60 + Number(found[3]))
}

/** A date whose UTC parts are what the clocks show at a moment. */
export const wall = (t: number): Date => new Date(t + offsetOf(zone(), t))

/** The moment at which the clocks show this; a time that a change of the clocks leaves out is moved on. */
export function moment(shown: number): number {
  const near = shown - offsetOf(zone(), shown)
  return shown - offsetOf(zone(), near)
}

/** A time on the day that holds a moment, or some days later; by default its midnight. */
export function dayAt(t: number, days = 0, hour = 0, minute = 0): number {
  const d = wall(t)
  return moment(Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate() + days, hour, minute))
}

/** The moment that a field of a date, or of date and time, says: "2026-03-05T15:20"; NaN: none. */
export const typedMoment = (text: string): number => moment(Date.parse(text.includes('T') ? `${text}Z` : text))
