import type { QueryClient } from '@tanstack/react-query'
import { keymap } from '../../actions/keymap'
import { chosenLanguage, isLanguage } from '../../i18n/languages'
import { density, letterKeys, theme } from '../../lib/prefs'
import { recall, remember } from '../../lib/store'
import { browserZone, timeZone } from '../../lib/zone'
import { patch } from '../client'
import type { MySettings, NotificationChoices } from '../desk'
import { mySettingsQuery } from './desk'

export type Change = Partial<Omit<MySettings, 'notifications'>> & {
  readonly notifications?: Partial<NotificationChoices>
}

const key = mySettingsQuery.queryKey

/** The settings with a change. */
export const changed = (old: MySettings, { notifications, ...rest }: Change): MySettings => ({
  ...old,
  ...rest,
  ...(notifications && old.notifications ? { notifications: { ...old.notifications, ...notifications } } : {}),
})

// Choices are sent one after the other, and an answer that is older than a choice
// says nothing about it.
let sent: Promise<unknown> = Promise.resolve()
let waiting = 0

/** Changes what one chose for oneself; it shows at once, and goes back when the server refuses it. */
export async function choose(client: QueryClient, change: Change): Promise<void> {
  client.setQueryData(key, (old) => (old ? changed(old, change) : old))
  waiting += 1
  const answer = sent.then(() => patch<MySettings>('/v1/me/settings', change))
  sent = answer.catch(() => undefined)
  try {
    const saved = await answer
    if (waiting === 1) client.setQueryData(key, saved)
  } catch (error) {
    await client.invalidateQueries({ queryKey: key })
    throw error
  } finally {
    waiting -= 1
  }
}

type Chosen = Pick<Required<MySettings>, 'theme' | 'density' | 'letter_keys' | 'language' | 'keymap' | 'time_zone'>

const USUAL: Chosen = { theme: 'system', density: 'normal', letter_keys: true, language: '', keymap: {}, time_zone: '' }

/** What this browser holds of what a person chose. */
const here = (): Chosen => ({
  theme: theme.get(),
  density: density.get(),
  letter_keys: letterKeys.get(),
  language: chosenLanguage.get(),
  keymap: keymap.get(),
  time_zone: timeZone.get(),
})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What differs from what the server has; of two equal choices nothing is sent. */
export function difference(mine: Chosen, theirs: MySettings): Change {
  const names = Object.keys(mine) as (keyof Chosen)[]
  return Object.fromEntries(names.filter((n) => !same(mine[n], theirs[n])).map((n) => [n, mine[n]]))
}

/**
 * What was chosen in this browser before anybody signed in here: it becomes the person's
 * where they have chosen nothing else yet.
 */
export function brought(mine: Chosen, theirs: MySettings): Change {
  const names = Object.keys(mine) as (keyof Chosen)[]
  return Object.fromEntries(
    names.filter((n) => !same(mine[n], USUAL[n]) && same(theirs[n], USUAL[n])).map((n) => [n, mine[n]]),
  )
}

function take(s: MySettings): void {
  theme.set(s.theme ?? USUAL.theme)
  density.set(s.density ?? USUAL.density)
  letterKeys.set(s.letter_keys ?? true)
  chosenLanguage.set(s.language && isLanguage(s.language) ? s.language : '')
  timeZone.set(s.time_zone ?? '')
  if (!same(keymap.get(), s.keymap ?? {})) keymap.set(s.keymap ?? {})
}

/**
 * Keeps what one chose the same here and on the server, until the returned function is
 * called. The person's choices follow them to each machine; a change here is theirs.
 */
export function followPersonal(client: QueryClient, user: string, onFailure: (error: unknown) => void): () => void {
  let taking = false
  let ready = false
  let said = false
  const start = here()
  const send = (change: Change) => {
    if (Object.keys(change).length > 0) choose(client, change).catch(onFailure)
  }
  const fromServer = () => {
    const settings = client.getQueryData(key)
    if (!settings) return
    const known = recall('personal-of', '') !== ''
    // What was chosen while the server had not answered yet is newer than its answer.
    const first = ready ? {} : { ...(known ? {} : brought(here(), settings)), ...difference(here(), start) }
    remember('personal-of', user)
    taking = true
    take(changed(settings, first))
    taking = false
    ready = true
    send(first)
    // What the server tells at a time of day needs a zone where none was chosen. It is said once.
    const zone = browserZone()
    if (said || settings.browser_zone === zone) return
    said = true
    choose(client, { browser_zone: zone }).catch(() => undefined)
  }
  const fromHere = () => {
    const settings = client.getQueryData(key)
    if (!taking && ready && settings) send(difference(here(), settings))
  }
  const ends = [theme, density, letterKeys, chosenLanguage, keymap, timeZone].map((store) =>
    (store.subscribe as (listener: () => void) => () => void)(fromHere),
  )
  ends.push(
    client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success' && same(event.query.queryKey, key)) fromServer()
    }),
  )
  fromServer()
  void client.prefetchQuery(mySettingsQuery)
  return () => {
    for (const end of ends) end()
  }
}
