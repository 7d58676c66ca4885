// The work on conversations: what the inbox shows and changes. Names follow the
// JSON of the server; ids are UUID strings, '' is none, a time left out is none.
import type { components } from './schema'
import type { Channel, Direction, Interaction } from './types'

type Schemas = components['schemas']
/** The type T with some members said more exactly. */
type With<T, M> = Omit<T, keyof M> & Readonly<M>

export type CaseStatus = 'todo' | 'waiting' | 'snoozed' | 'done' | 'ignored'
export type CaseReason = 'first' | 'next' | 'investigating' | 'loop' | ''
export type Priority = 0 | 1 | 2 | 3

export type TagRef = Schemas['TagRef']

/** One conversation that people answer, as a row of a queue. */
export type Case = With<
  Schemas['Case'],
  {
    channel: Channel
    last_direction: Direction
    reason: CaseReason
    priority: Priority
    due_kind: 'first' | 'next' | 'resolve' | ''
    tags: readonly TagRef[] | null
  }
>

export type Sla = Schemas['SLA']

export interface Presence {
  readonly user_id: string
  readonly name: string
  readonly state: 'viewing' | 'typing' | 'left'
  /** The customer, in the widget. */
  readonly visitor?: boolean
}

/** A way to answer the customer. */
export type Way = With<Schemas['Way'], { channel: Channel }>

export type Survey = Schemas['SurveyView']

export interface CaseDetail extends Case {
  /** Until which message the signed-in person has read it. */
  readonly read_seq?: number
  readonly sla?: Sla
  readonly viewers?: readonly Presence[] | null
  readonly inbox?: { readonly id: string; readonly name: string; readonly kind: string; readonly address: string }
  readonly channels?: readonly Way[] | null
  /** More than one after a merge. */
  readonly conversations?: readonly string[] | null
  readonly survey?: Survey
}

export type DeliveryState =
  | 'held'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'seen'
  | 'bounced'
  | 'failed'
  | 'unknown'
  | 'cancelled'

export interface Delivery {
  readonly state: DeliveryState
  readonly error?: string
  readonly at?: string
  readonly answer?: string
  readonly outbox_id: string
}

export interface Message extends Interaction {
  readonly type: 'message' | 'note'
  readonly seq: number
  readonly delivery?: Delivery
  readonly author_id?: string
}

export type CaseEvent = With<
  Schemas['CaseEvent'],
  {
    /** What it was before and after, as the server keeps it: ids, and times in microseconds. */
    data: {
      readonly before?: Readonly<Record<string, unknown>> | number
      readonly after?: Readonly<Record<string, unknown>>
      /** Of an answer to a survey. */
      readonly score?: number
      readonly high?: number
      readonly comment?: string
      readonly low?: boolean
    } | null
  }
>

/** What waits to be sent. */
export interface Outgoing {
  readonly type?: 'outgoing'
  readonly id: string
  readonly interaction_id?: string
  readonly kind?: string
  readonly state: DeliveryState
  readonly send_at: string
  readonly author: string
  readonly author_id: string
  readonly error?: string
  readonly channel: Channel
  readonly content: {
    readonly to?: readonly string[] | null
    readonly subject?: string
    readonly html?: string
    readonly text?: string
  } | null
}

export type ThreadItem = Message | CaseEvent | (Outgoing & { readonly type: 'outgoing' })

export type FileRef = Schemas['File']

export interface DraftContent {
  readonly html: string
  readonly to?: readonly string[] | null
  readonly cc?: readonly string[] | null
  readonly bcc?: readonly string[] | null
  readonly subject?: string
  readonly attachments?: readonly FileRef[] | null
  readonly channel?: string
  readonly inbox_id?: string
}

export type Draft = With<Schemas['Draft'], { content: DraftContent }>

export interface Reply {
  /** Answers of colleagues on their way that the author knows of. */
  readonly seen_outgoing?: readonly string[]
  readonly if_seq: number
  readonly channel?: string
  readonly inbox_id?: string
  readonly to?: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly subject?: string
  readonly html: string
  readonly text?: string
  readonly attachments: readonly string[]
  readonly send_at?: string
  readonly undo_s?: number
  readonly done?: boolean
  readonly macro_id?: string
  readonly idempotency_key: string
}

export interface CaseSet {
  readonly status?: CaseStatus
  readonly reason?: CaseReason
  readonly snoozed_until?: string
  readonly assignee_id?: string
  readonly team_id?: string
  readonly priority?: Priority
  readonly add_tags?: readonly string[]
  readonly remove_tags?: readonly string[]
  readonly inbox_id?: string
}

export type Changed = With<Schemas['Changed'], { changed: readonly Case[] | null }>

export type CountedStatus = 'todo' | 'waiting' | 'snoozed' | 'done'
/** Capped at 1000, which is shown as 999+. */
export type StatusCounts = Readonly<Partial<Record<CountedStatus, number>>>
export interface Counts {
  readonly queues: Readonly<Record<string, StatusCounts>>
  readonly teams: Readonly<Record<string, StatusCounts>> | null
  readonly views: Readonly<Record<string, StatusCounts>> | null
  /** What is in none of one's splits. */
  readonly rest: StatusCounts
}

export type Tag = Schemas['Tag']

export type MacroActions = Schemas['MacroActions']
export type Macro = Schemas['Macro']
export type MacroPreview = Schemas['MacroPreview']

export type SavedView = Schemas['View']

export type Person = Schemas['Colleague']

export type Team = Schemas['Team']

export interface Inbox {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly address: string
  readonly state: string
  readonly settings?: { readonly signature_html?: string; readonly from_name?: string } | null
}

export type AfterClose = 'next' | 'previous' | 'list'
export type MySettings = Omit<Partial<Schemas['Personal']>, 'notifications' | 'after_close'> & {
  readonly after_close?: AfterClose
  readonly notifications?: NotificationChoices
}

/** How somebody is told of a kind. */
export type Ways = Schemas['Ways']
export type NotificationChoices = With<
  Schemas['Notifications'],
  { mail: 'away' | 'hourly' | 'daily' | 'off'; kinds: Readonly<Partial<Record<string, Ways>>> }
>

export type Fact = Schemas['Fact']

export type CustomerChange = Schemas['CustomerChange']

export interface SearchHit {
  readonly case: Case
  readonly interaction_id: string
  readonly snippet: string
  /** Where in the snippet the words are, in characters. */
  readonly ranges: readonly { readonly from: number; readonly to: number }[] | null
  readonly at: string
}
export interface SearchPage {
  readonly items: readonly SearchHit[] | null
  readonly next: string
  readonly notes?: readonly string[] | null
}
