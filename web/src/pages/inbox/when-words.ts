import { say } from '../../i18n/mark'
import { daysBetween, exact, shortDate, shortWeekday, timeOfDay } from '../../lib/time'
import { dayAt, moment, wall } from '../../lib/zone'

/** A moment to come, as short as it can be said: "14:00", "tomorrow 09:00", "Mon 09:00", "12 Mar". */
export function shortWhen(iso: string, now: number): string {
  const at = Date.parse(iso)
  const days = daysBetween(now, at)
  if (days <= 0) return timeOfDay(iso)
  if (days < 7) return `${shortWeekday(at)} ${timeOfDay(iso)}`
  return shortDate(iso, now)
}

export interface Preset {
  readonly id: string
  readonly label: string
  readonly at: number
}

/** The usual times to come back to something, in the viewer's own time zone. */
export function presets(now: number): readonly Preset[] {
  const d = wall(now)
  const later = wall(now + 3 * 3_600_000)
  later.setUTCMinutes(0, 0, 0)
  const toMonday = (8 - d.getUTCDay()) % 7 || 7
  const all: readonly Preset[] = [
    // Late in the evening "later today" would be tomorrow.
    ...(later.getUTCDate() === d.getUTCDate() && later.getUTCHours() < 21
      ? [{ id: 'later', label: say('Later today'), at: moment(later.getTime()) }]
      : []),
    ...(d.getUTCHours() < 17 ? [{ id: 'evening', label: say('This evening'), at: dayAt(now, 0, 18) }] : []),
    { id: 'tomorrow', label: say('Tomorrow'), at: dayAt(now, 1, 9) },
    { id: 'week', label: say('Next week'), at: dayAt(now, toMonday, 9) },
    { id: 'month', label: say('In a month'), at: dayAt(now, 30, 9) },
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
    if (unit === 'd') return dayAt(now, n, 9)
    if (unit === 'w') return dayAt(now, n * 7, 9)
    return now + n * (unit === 'h' ? 3_600_000 : 60_000)
  }
  const clock = /^(\d{1,2})[:.](\d{2})$/.exec(s)
  if (clock) {
    const at = (days: number) => dayAt(now, days, Number(clock[1]), Number(clock[2]))
    return at(0) > now ? at(0) : at(1)
  }
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  const day = days.findIndex((name) => s.length >= 3 && s.startsWith(name))
  if (day >= 0) return dayAt(now, (day - wall(now).getUTCDay() + 7) % 7 || 7, 9)
  if (s === 'tomorrow') return dayAt(now, 1, 9)
  if (!/\d/.test(s) || s.length < 4) return undefined
  const year = /\d{4}/.test(s) ? s : `${s} ${wall(now).getUTCFullYear()}`
  // Read as if the clocks showed UTC, then as what they show here.
  const shown = [`${year} UTC`, `${year}Z`].map((one) => Date.parse(one)).find((one) => !Number.isNaN(one))
  if (shown === undefined) return undefined
  const at = moment(/\d:\d/.test(s) ? shown : shown + 9 * 3_600_000)
  return at > now ? at : undefined
}

export const exactAt = (at: number): string => exact(new Date(at).toISOString())
