import type { TFunction } from 'i18next'
import type { Channel, Direction, Identifier, Interaction, JourneyState, Kind } from '../api/types'
import { say } from '../i18n/mark'

const CHANNELS: Readonly<Record<Channel, readonly [label: string, by: string]>> = {
  mail: [say('Mail'), say('by mail')],
  chat: [say('Chat'), say('in chat')],
  phone: [say('Phone'), say('by phone')],
  text: [say('Text message'), say('by text')],
  messenger: [say('Messenger'), say('by messenger')],
  social: [say('Social media'), say('on social media')],
  community: [say('Community'), say('in the community')],
  in_person: [say('In person'), say('in person')],
  web: [say('Web site'), say('on the web site')],
  review: [say('Review'), say('in a review')],
  api: [say('Other system'), say('through another system')],
}

export const channelLabel = (c: Channel): string => CHANNELS[c]?.[0] ?? c
/** The channel as the end of a sentence: "asked 3 days ago by mail". */
export const byChannel = (c: Channel): string => CHANNELS[c]?.[1] ?? `through ${c}`
export const channelNames = Object.keys(CHANNELS) as readonly Channel[]

const STATES: Readonly<Record<JourneyState, string>> = {
  open: say('Open'),
  waiting_for_us: say('Waiting for us'),
  waiting_for_them: say('Waiting for customer'),
  resolved: say('Resolved'),
  abandoned: say('Given up'),
}
export const stateLabel = (s: JourneyState): string => STATES[s] ?? s
export const isClosed = (s: JourneyState): boolean => s === 'resolved' || s === 'abandoned'

const DID: Readonly<Record<Kind, readonly [customer: string, firm: string]>> = {
  message: [say('wrote'), say('answered')],
  call: [say('called'), say('called')],
  visit: [say('visited'), say('visited')],
  event: ['', ''],
  order: [say('ordered'), say('ordered')],
  meeting: [say('met us'), say('met them')],
  review: [say('reviewed'), say('replied')],
  post: [say('posted'), say('posted')],
  note: [say('noted'), say('noted')],
  form: [say('sent a form'), say('sent a form')],
}

/** What happened, after the name of who did it: "wrote by mail", "called", "answered in chat". */
export function didWhat(t: TFunction, kind: Kind, direction: Direction, channel: Channel, automatic: boolean): string {
  if (direction === 'internal' || kind === 'note') return t('wrote an internal note')
  const verb = t((DID[kind] ?? ['wrote', 'wrote'])[direction === 'in' ? 0 : 1])
  if (kind === 'event') return t(byChannel(channel))
  if (automatic && direction === 'out')
    return channel === 'mail' ? t('sent an automatic mail') : t('sent an automatic message')
  if (kind === 'call') return verb
  return t('{{did}} {{channel}}', { did: verb, channel: t(byChannel(channel)) })
}

const KINDS: Readonly<Record<string, string>> = {
  email: say('Mail address'),
  phone: say('Phone'),
  user_id: say('Account'),
  anonymous_id: say('Visitor'),
}
export const identifierKind = (kind: string): string => KINDS[kind] ?? sentence(kind)

export const identifierStatus: Readonly<Record<Identifier['status'], readonly [label: string, why: string]>> = {
  verified: [say('Verified'), say('Proven to belong to this customer')],
  seen: [say('Seen'), say('The channel delivered it; good enough to recognise, not to prove')],
  claimed: [say('Claimed'), say('Somebody said so; nothing is merged on it')],
}

const METHODS: Readonly<Record<string, string>> = {
  dmarc: say('the mail system of the sender signed it (DMARC)'),
  signed_jwt: say('the web site signed it'),
  code: say('the customer typed a code that we sent'),
  account: say('signed in to the account'),
  agent: say('a colleague checked it'),
}
export const methodLabel = (method: string): string => METHODS[method] ?? sentence(method).toLowerCase()

const EFFORT: Readonly<Record<string, string>> = {
  repeat_contact: say('Had to come back'),
  no_answer: say('Got no answer'),
  long_wait: say('Waited long'),
  transferred: say('Was passed on'),
  repeated_self: say('Had to repeat'),
}
export const effortLabel = (name: string): string => EFFORT[name] ?? sentence(name)

const EMOTIONS: Readonly<Record<string, string>> = {
  joy: say('Joy'),
  anger: say('Anger'),
  sadness: say('Sadness'),
  fear: say('Fear'),
  disgust: say('Disgust'),
  surprise: say('Surprise'),
}
export const emotionLabel = (name: string): string => EMOTIONS[name] ?? sentence(name)

const ENTITIES: Readonly<Record<string, string>> = {
  order: say('Order'),
  invoice: say('Invoice'),
  amount: say('Amount'),
  date: say('Date'),
  phone: say('Phone'),
  email: say('Mail address'),
  product: say('Product'),
  iban: say('IBAN'),
  ticket: say('Ticket'),
}
export const entityLabel = (kind: string): string => ENTITIES[kind] ?? sentence(kind)

const EFFORT_PARTS: Readonly<Record<string, string>> = {
  contacts: say('Extra contacts'),
  switches: say('Channel switches'),
  statements: say('Says that it is an effort'),
  same_ask: say('Asked the same again'),
  unanswered: say('Unanswered questions'),
  waiting: say('Days waited for us'),
}
/** A part of the effort score; the server's own label where the console knows none. */
export const effortPartLabel = (name: string, label: string): string => EFFORT_PARTS[name] ?? label

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
