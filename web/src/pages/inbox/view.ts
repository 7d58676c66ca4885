import { createContext, use } from 'react'
import type { AfterClose, Case, CaseSet } from '../../api/desk'
import type { CaseSearch, FullSearch } from '../../lib/inbox/query'
import type { AskKind } from './asks'
import type { Then, Work } from './work'

/** What the parts of the inbox share. */
export interface InboxView {
  /** The open conversation, or ''. */
  readonly id: string
  /** The open one, or the one that the list's cursor is at. */
  readonly current: string
  readonly search: FullSearch
  readonly given: CaseSearch
  readonly setSearch: (next: CaseSearch) => void
  readonly items: readonly Case[]
  readonly work: Work
  /** Changes at once; several are shown first. */
  readonly change: (cases: readonly Case[], set: CaseSet, words: string, then?: Then) => void
  readonly leaving: (cases: readonly Case[], to?: AfterClose) => Then
  readonly ask: (kind: AskKind, cases?: readonly Case[]) => void
  readonly go: (id: string, replace?: boolean) => void
  readonly step: (by: 1 | -1) => void
  readonly selected: ReadonlySet<string>
  readonly setSelected: (ids: ReadonlySet<string>) => void
  /** What an action is about: the chosen ones, else the one at hand. */
  readonly targets: () => readonly Case[]
  readonly togglePanel: () => void
  readonly wide: boolean
  readonly focusList: () => void
}

/** What of it says which list is shown: it stays while conversations are opened. */
export type ListView = Pick<InboxView, 'search' | 'given' | 'setSearch'>

export const ListViewContext = createContext<ListView | null>(null)

export function useListView(): ListView {
  const view = use(ListViewContext)
  if (view === null) throw new Error('useListView is used outside the inbox')
  return view
}

export const InboxViewContext = createContext<InboxView | null>(null)

export function useInboxView(): InboxView {
  const view = use(InboxViewContext)
  if (view === null) throw new Error('useInboxView is used outside the inbox')
  return view
}
