// The JSON contract, from the server's own description of itself: schema.ts is
// generated from docs/openapi.json by `npm run api`. Where the server lists the
// values of a word in crm only, they are named here.
import type { components } from './schema'

type Schemas = components['schemas']

/** The type T with some members said more exactly. */
type With<T, M> = Omit<T, keyof M> & Readonly<M>

export interface Page<T> {
  readonly items: readonly T[] | null
  readonly next: string
}

export type Channel =
  | 'mail'
  | 'chat'
  | 'phone'
  | 'text'
  | 'messenger'
  | 'social'
  | 'community'
  | 'in_person'
  | 'web'
  | 'review'
  | 'api'

export type Kind = 'message' | 'call' | 'visit' | 'event' | 'order' | 'meeting' | 'review' | 'post' | 'note' | 'form'

export type Direction = 'in' | 'out' | 'internal'
export type JourneyState = Schemas['Journey']['state']

interface LastContact {
  last_channel: Channel
  last_direction: Direction
}
export type CustomerRow = With<Schemas['CustomerRow'], LastContact>
export type Customer = With<Schemas['Customer'], LastContact>
export type CustomerRef = Schemas['CustomerRef']
export type Identifier = Schemas['Identifier']
export type Merge = Schemas['Merge']
export type MergePreview = With<Schemas['MergePreview'], { into: CustomerRow; from: CustomerRow }>
export type Suggestion = Schemas['Suggestion']

export type Participant = Schemas['Participant']
export type Attachment = Schemas['Attachment']
/** A byte range [from, to) of the UTF-8 form of the reading's text. */
export type Span = Schemas['Span']
export type Label = Schemas['Label']
export type Ask = Schemas['Ask']
export type Entity = Schemas['Entity']
export type Reading = Schemas['Reading']
export type Link = Schemas['Link']
export type Interaction = With<Schemas['Interaction'], { channel: Channel; kind: Kind; direction: Direction }>

export type Turn = Schemas['Turn']
export type Summary = Schemas['Summary']
export type SummarySentence = Schemas['SummarySentence']

export type Question = Schemas['Question']
export type EffortPart = Schemas['EffortPart']
export type Repeat = Schemas['Repeat']
export type Journey = With<Schemas['Journey'], { channels: readonly Channel[] }>

export type QuarantineItem = Schemas['QuarantineItem']
export type RetryResult = Pick<Schemas['Result'], 'status' | 'problem'>
export type Session = Schemas['Session']
export type Key = Schemas['Key']
export type NewKey = Schemas['NewKey']
export type IntentModel = Schemas['IntentModel']
export type Intent = Schemas['Intent']
export type Change = With<Schemas['Change'], { type: Schemas['Change']['type'] | 'case' | 'outbox' }>

export type JourneyFigures = Schemas['JourneyFigures']
export type GroupFigures = Schemas['GroupFigures']
export type Share = Schemas['Share']
export type JourneyPaths = Schemas['JourneyPaths']
export type PathNode = Schemas['PathNode']
export type PathEdge = Schemas['PathEdge']
export type IdentityQuestion = With<Schemas['IdentityQuestion'], { a: CustomerRow; b: CustomerRow }>
export type IdentityStep = Schemas['IdentityStep']
export type RelatedCustomers = Schemas['RelatedCustomers']
