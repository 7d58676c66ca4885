// The JSON contract of the server, kept beside internal/api/types.go. Go writes
// an empty list as null, so lists are read through list() of lib/list.ts.

export type Many<T> = readonly T[] | null

export interface Page<T> {
  readonly items: Many<T>
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
export type JourneyState = 'open' | 'waiting_for_us' | 'waiting_for_them' | 'resolved' | 'abandoned'

export interface CustomerRow {
  readonly id: string
  readonly name: string
  readonly identifiers: Many<string>
  readonly first_at: string
  readonly last_at: string
  readonly last_channel: Channel
  readonly last_direction: Direction
  readonly last_text: string
  readonly contacts: number
  readonly open_journeys: number
  readonly waiting: number
  readonly leaving: boolean
  readonly unread: boolean
}

export interface Identifier {
  readonly kind: string
  readonly value: string
  readonly name?: string
  readonly profile_id: string
  readonly status: 'verified' | 'seen' | 'claimed'
  readonly method?: string
  readonly source: string
  readonly shared: boolean
  readonly first_seen: string
  readonly last_seen: string
}

export interface Merge {
  readonly id: string
  readonly into: string
  readonly from: string
  readonly from_name: string
  readonly into_name: string
  readonly rule: 'verified' | 'device' | 'person'
  readonly reason: string
  readonly by: string
  readonly at: string
  readonly undone_at?: string
  readonly undone_by?: string
}

export interface Suggestion {
  readonly id: string
  readonly customer_id: string
  readonly customer_name: string
  readonly kind: string
  readonly value: string
  readonly reason: string
  readonly at: string
}

export interface CustomerRef {
  readonly id: string
  readonly name: string
}

export interface Customer extends CustomerRow {
  readonly profiles: number
  readonly identifier_list: Many<Identifier>
  readonly merges: Many<Merge>
  readonly suggestions: Many<Suggestion>
  readonly never_link: Many<CustomerRef>
}

export interface MergePreview {
  readonly into: CustomerRow
  readonly from: CustomerRow
  readonly identifiers: Many<Identifier>
  readonly warnings: Many<string>
}

export interface Participant {
  readonly role: 'from' | 'to' | 'cc' | 'agent'
  readonly kind: string
  readonly value: string
  readonly name?: string
  readonly verified?: boolean
  readonly method?: string
}

export interface Attachment {
  readonly name: string
  readonly content_type?: string
  readonly size?: number
}

/** A byte range [from, to) of the UTF-8 form of the reading's text. */
export interface Span {
  readonly from: number
  readonly to: number
}

export interface Label {
  readonly name: string
  readonly confidence: number
  readonly evidence?: Many<Span>
}

export interface Ask {
  readonly text: string
  readonly question: boolean
  readonly span: Span
}

export interface Entity {
  readonly kind: string
  readonly value: string
  readonly text: string
  readonly span: Span
}

export interface Reading {
  readonly model: string
  readonly language: Label
  readonly intents?: Many<Label>
  readonly unknown?: boolean
  readonly emotions?: Many<Label>
  readonly sentiment: Label
  readonly urgency: Label
  readonly effort?: Many<Label>
  readonly leaving?: Label | null
  readonly asks?: Many<Ask>
  readonly entities?: Many<Entity>
}

export interface Link {
  readonly interaction_id: string
  readonly journey_id: string
  readonly confidence: number
  readonly reason: string
  readonly by: string
  readonly at: string
}

export interface Interaction {
  readonly id: string
  readonly customer_id: string
  readonly profile_id: string
  readonly conversation_id: string
  readonly journey_id: string
  readonly source: string
  readonly external_id: string
  readonly channel: Channel
  readonly kind: Kind
  readonly direction: Direction
  readonly occurred_at: string
  readonly received_at: string
  readonly participants: Many<Participant>
  readonly subject?: string
  readonly text: string
  readonly quoted?: string
  readonly has_html: boolean
  readonly automatic: boolean
  readonly verified: boolean
  readonly truncated?: string
  readonly attachments?: Many<Attachment>
  readonly traits?: Readonly<Record<string, unknown>> | null
  readonly reading?: Reading | null
  readonly link?: Link | null
  readonly continues?: string
}

export interface Question {
  readonly text: string
  readonly interaction_id: string
  readonly asked_at: string
}

export interface EffortPart {
  readonly name: string
  readonly label: string
  readonly count: number
  readonly points: number
}

export interface Repeat {
  readonly within_7: boolean
  readonly within_14: boolean
  readonly within_30: boolean
  readonly of?: string
}

export interface Journey {
  readonly id: string
  readonly customer_id: string
  readonly customer_name: string
  readonly intent: string
  readonly intent_label: string
  readonly title: string
  readonly state: JourneyState
  readonly state_reason: string
  readonly opened_at: string
  readonly last_at: string
  readonly waiting_since?: string
  readonly channels: Many<Channel>
  readonly contacts: number
  readonly interactions: number
  readonly switches: number
  readonly effort: number
  readonly effort_parts: Many<EffortPart>
  readonly first_response_s: number
  readonly longest_wait_s: number
  readonly unanswered: Many<Question>
  readonly leaving: boolean
  readonly repeat: Repeat
  readonly links?: Many<Link>
}

export interface QuarantineItem {
  readonly id: string
  readonly source: string
  readonly external_id: string
  readonly received_at: string
  readonly reason: string
  readonly raw_type: string
  readonly size: number
  readonly attempts: number
  readonly preview: string
}

export interface Session {
  readonly signed_in: boolean
  readonly needs_setup: boolean
  readonly demo: boolean
  readonly firm: string
  readonly user_id?: string
  readonly name?: string
  readonly email?: string
  readonly role?: 'owner' | 'agent' | ''
}

export interface Key {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly scopes: Many<string>
  readonly created_at: string
  readonly last_used?: string
  readonly revoked_at?: string
}

export interface NewKey extends Key {
  readonly key: string
}

export interface Intent {
  readonly name: string
  readonly label: string
  readonly group: string
  readonly description: string
}

export interface Change {
  readonly type: 'interaction' | 'journey' | 'customer' | 'quarantine'
  readonly id: string
  readonly customer_id?: string
  readonly journey_id?: string
  readonly at: string
}
