import { createContext, use } from 'react'
import type { Action } from '../../actions/registry'
import type { Channel, Customer, Interaction, Journey, Span } from '../../api/types'

/** What the parts of a customer's page share. */
export interface CustomerView {
  readonly customer: Customer
  readonly firm: string
  readonly journeys: ReadonlyMap<string, Journey>
  /** The rail colour of a journey; closed ones are quiet. */
  readonly hue: (journeyId: string) => string
  readonly only: string
  readonly setOnly: (journeyId: string) => void
  readonly isFolded: (journeyId: string) => boolean
  readonly setFolded: (journeyId: string, folded: boolean) => void
  /** Scrolls to a contact or a journey, opening and loading what is in the way. */
  readonly jump: (target: { readonly contact?: string; readonly journey?: string }) => void
  /** Jumps to a sentence of a contact and marks it. */
  readonly show: (contact: string, span: Span) => void
  readonly shown: { readonly contact: string; readonly span: Span } | undefined
  /** The channel of a loaded contact. */
  readonly channelOf: (interactionId: string) => Channel | undefined
  /** The contact whose link to its journey is being explained. */
  readonly why: string
  readonly setWhy: (interactionId: string) => void
  readonly showRaw: (item: Interaction) => void
  readonly contactActions: (item: Interaction) => readonly Action[]
  readonly journeyActions: (journey: Journey) => readonly Action[]
}

export const CustomerViewContext = createContext<CustomerView | null>(null)

export function useCustomerView(): CustomerView {
  const view = use(CustomerViewContext)
  if (view === null) throw new Error('useCustomerView is used outside a customer’s page')
  return view
}
