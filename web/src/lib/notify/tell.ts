import type { NotificationChoices, Ways } from '../../api/desk'
import type { Notice } from '../../api/queries/notifications'

const EVERY_WAY: Ways = { console: true, browser: true, mail: true, sound: true }

export const waysOf = (choices: NotificationChoices | undefined, kind: string): Ways =>
  choices?.kinds[kind] ?? EVERY_WAY

/** Whether a moment is in the quiet hours, which may run over midnight. */
export function isQuiet(choices: NotificationChoices, zone: string, now: number): boolean {
  const { from, to } = choices.quiet
  if (!from || from === to) return false
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zone ? { timeZone: zone } : {}),
  }).format(now)
  return from < to ? clock >= from && clock < to : clock >= from || clock < to
}

/** What came since it was last looked, by conversation. */
export function newSince(known: ReadonlyMap<string, string>, now: readonly Notice[]): readonly Notice[] {
  return now.filter((n) => n.unread && n.at > (known.get(n.id) ?? ''))
}

interface Here {
  readonly hidden: boolean
  readonly permitted: boolean
  /** The conversation on the screen. */
  readonly open: string
  readonly zone: string
  readonly now: number
}

/** How a person is told of something new, right now. */
export function ways(n: Notice, choices: NotificationChoices, here: Here): { browser: boolean; sound: boolean } {
  if (isQuiet(choices, here.zone, here.now)) return { browser: false, sound: false }
  const of = waysOf(choices, n.kind)
  const seen = !here.hidden && here.open === n.id
  return {
    browser: choices.browser && of.browser && here.hidden && here.permitted,
    sound: choices.sound && of.sound && !seen,
  }
}
