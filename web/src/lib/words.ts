import type { Channel, Direction, Identifier, Interaction, JourneyState, Kind } from '../api/types'

const CHANNELS: Readonly<Record<Channel, readonly [label: string, by: string]>> = {
  mail: ['Mail', 'by mail'],
  chat: ['Chat', 'in chat'],
  phone: ['Phone', 'by phone'],
  text: ['Text message', 'by text'],
  messenger: ['Messenger', 'by messenger'],
  social: ['Social media', 'on social media'],
  community: ['Community', 'in the community'],
  in_person: ['In person', 'in person'],
  web: ['Web site', 'on the web site'],
  review: ['Review', 'in a review'],
  api: ['Other system', 'through another system'],
}

export const channelLabel = (c: Channel): string => CHANNELS[c]?.[0] ?? c
/** The channel as the end of a sentence: "asked 3 days ago by mail". */
export const byChannel = (c: Channel): string => CHANNELS[c]?.[1] ?? `through ${c}`
export const channelNames = Object.keys(CHANNELS) as readonly Channel[]

const STATES: Readonly<Record<JourneyState, string>> = {
  open: 'Open',
  waiting_for_us: 'Waiting for us',
  waiting_for_them: 'Waiting for customer',
  resolved: 'Resolved',
  abandoned: 'Given up',
}
export const stateLabel = (s: JourneyState): string => STATES[s] ?? s
export const isClosed = (s: JourneyState): boolean => s === 'resolved' || s === 'abandoned'

const DID: Readonly<Record<Kind, readonly [customer: string, firm: string]>> = {
  message: ['wrote', 'answered'],
  call: ['called', 'called'],
  visit: ['visited', 'visited'],
  event: ['', ''],
  order: ['ordered', 'ordered'],
  meeting: ['met us', 'met them'],
  review: ['reviewed', 'replied'],
  post: ['posted', 'posted'],
  note: ['noted', 'noted'],
  form: ['sent a form', 'sent a form'],
}

/** What happened, after the name of who did it: "wrote by mail", "called", "answered in chat". */
export function didWhat(kind: Kind, direction: Direction, channel: Channel, automatic: boolean): string {
  if (direction === 'internal' || kind === 'note') return 'wrote an internal note'
  const verb = (DID[kind] ?? ['wrote', 'wrote'])[direction === 'in' ? 0 : 1]
  if (kind === 'event') return byChannel(channel)
  if (automatic && direction === 'out')
    return `sent ${channel === 'mail' ? 'an automatic mail' : 'an automatic message'}`
  if (kind === 'call') return verb
  return `${verb} ${byChannel(channel)}`
}

const KINDS: Readonly<Record<string, string>> = {
  email: 'Mail address',
  phone: 'Phone',
  user_id: 'Account',
  anonymous_id: 'Visitor',
}
export const identifierKind = (kind: string): string => KINDS[kind] ?? sentence(kind)

export const identifierStatus: Readonly<Record<Identifier['status'], readonly [label: string, why: string]>> = {
  verified: ['Verified', 'Proven to belong to this customer'],
  seen: ['Seen', 'The channel delivered it; good enough to recognise, not to prove'],
  claimed: ['Claimed', 'Somebody said so; nothing is merged on it'],
}

const METHODS: Readonly<Record<string, string>> = {
  dmarc: 'the mail system of the sender signed it (DMARC)',
  signed_jwt: 'the web site signed it',
  code: 'the customer typed a code that we sent',
  account: 'signed in to the account',
  agent: 'a colleague checked it',
}
export const methodLabel = (method: string): string => METHODS[method] ?? sentence(method).toLowerCase()

const EFFORT: Readonly<Record<string, string>> = {
  repeat_contact: 'Had to come back',
  no_answer: 'Got no answer',
  long_wait: 'Waited long',
  transferred: 'Was passed on',
  repeated_self: 'Had to repeat',
}
export const effortLabel = (name: string): string => EFFORT[name] ?? sentence(name)

const REPEAT_DAYS = [7, 14, 30] as const
/** The shortest span in which the customer came back, or 0. */
export function repeatDays(repeat: { within_7: boolean; within_14: boolean; within_30: boolean }): 0 | 7 | 14 | 30 {
  const within = { 7: repeat.within_7, 14: repeat.within_14, 30: repeat.within_30 }
  return REPEAT_DAYS.find((d) => within[d]) ?? 0
}

/** "some_name" as people write it: "Some name". */
export function sentence(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "1 contact", "4 contacts". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
}

/** A count that never widens the layout. */
export const capped = (n: number): string => (n > 999 ? '999+' : String(n))

/** Long ids keep both ends, since the end tells them apart. */
export function middle(text: string, max = 28): string {
  if (text.length <= max) return text
  const half = Math.floor((max - 1) / 2)
  return `${text.slice(0, half)}…${text.slice(-half)}`
}

export function percent(x: number): string {
  const p = Math.round(x * 100)
  if (p === 0 && x > 0) return '< 1 %'
  return p >= 100 && x < 1 ? '99 %' : `${p} %`
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

export interface Party {
  readonly who: string
  /** The colleague who took part, when the customer spoke. */
  readonly agent: string
}

/** Who did it, as people say it: the customer's name, the colleague's, or the firm's. */
export function party(item: Interaction, customerName: string, firm: string): Party {
  const people = item.participants ?? []
  const agent = people.find((p) => p.role === 'agent')
  const agentName = agent?.name || agent?.value || ''
  if (item.direction === 'in') {
    const from = people.find((p) => p.role === 'from')
    return { who: from?.name || customerName || from?.value || 'Unknown', agent: agentName }
  }
  const from = people.find((p) => p.role === 'from')
  return { who: agentName || (item.automatic ? firm : from?.name || firm), agent: '' }
}

/** A whole JSON value as short text, for traits. */
export function traitText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}
