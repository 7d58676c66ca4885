import { say } from '../../i18n/mark'
import { perLocale } from '../../lib/locale'
import { daysBetween, exact, shortDate, timeOfDay } from '../../lib/time'

const weekday = perLocale((l) => new Intl.DateTimeFormat(l, { weekday: 'short' }))

/** A moment to come, as short as it can be said: "14:00", "tomorrow 09:00", "Mon 09:00", "12 Mar". */
export function shortWhen(iso: string, now: number): string {
  const at = Date.parse(iso)
  const days = daysBetween(now, at)
  if (days <= 0) return timeOfDay(iso)
  if (days < 7) return `${weekday().format(at)} ${timeOfDay(iso)}`
  return shortDate(iso, now)
}

export interface Preset {
  readonly id: string
  readonly label: string
  readonly at: number
}

function atHour(now: number, days: number, hour: number): number {
  const d = new Date(now)
  d.setDate(d.getDate() + days)
  d.setHours(hour, 0, 0, 0)
  return d.getTime()
}

/** The usual times to come back to something, in the viewer's own time zone. */
export function presets(now: number): readonly Preset[] {
  const d = new Date(now)
  const later = new Date(now + 3 * 3_600_000)
  later.setMinutes(0, 0, 0)
  const toMonday = (8 - d.getDay()) % 7 || 7
  const all: readonly Preset[] = [
    // Late in the evening "later today" would be tomorrow.
    ...(later.getDate() === d.getDate() && later.getHours() < 21
      ? [{ id: 'later', label: say('Later today'), at: later.getTime() }]
      : []),
    ...(d.getHours() < 17 ? [{ id: 'evening', label: say('This evening'), at: atHour(now, 0, 18) }] : []),
    { id: 'tomorrow', label: say('Tomorrow'), at: atHour(now, 1, 9) },
    { id: 'week', label: say('Next week'), at: atHour(now, toMonday, 9) },
    { id: 'month', label: say('In a month'), at: atHour(now, 30, 9) },
  ]
  return all.filter((p, i) => all.findIndex((o) => o.at === p.at) === i)
}

/** Reads what a person may type for a time: "3h", "2d", "fri", "14:30", "24 Dec", an ISO date. */
export function parseWhen(text: string, now: number): number | undefined {
  const s = text.trim().toLowerCase()
  const span = /^(\d{1,3})\s*(m|min|h|d|w)(?:ours?|inutes?|ays?|eeks?)?$/.exec(s)
  if (span) {
    const n = Number(span[1])
    const unit = span[2] ?? ''
    if (unit === 'd') return atHour(now, n, 9)
    if (unit === 'w') return atHour(now, n * 7, 9)
    return now + n * (unit === 'h' ? 3_600_000 : 60_000)
  }
  const clock = /^(\d{1,2})[:.](\d{2})$/.exec(s)
  if (clock) {
    const d = new Date(now)
    d.setHours(Number(clock[1]), Number(clock[2]), 0, 0)
    return d.getTime() > now ? d.getTime() : d.getTime() + 86_400_000
  }
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  const day = days.findIndex((name) => s.length >= 3 && s.startsWith(name))
  if (day >= 0) return atHour(now, (day - new Date(now).getDay() + 7) % 7 || 7, 9)
  if (s === 'tomorrow') return atHour(now, 1, 9)
  if (!/\d/.test(s) || s.length < 4) return undefined
  const year = /\d{4}/.test(s) ? s : `${s} ${new Date(now).getFullYear()}`
  const parsed = Date.parse(year)
  if (Number.isNaN(parsed)) return undefined
  const d = new Date(parsed)
  if (!/\d:\d/.test(s)) d.setHours(9, 0, 0, 0)
  return d.getTime() > now ? d.getTime() : undefined
}

export const exactAt = (at: number): string => exact(new Date(at).toISOString())
