import { createStore } from '../../../lib/store'

export interface Capture {
  readonly open: boolean
  readonly quote: string
  readonly interactionId: string
}
export const capture = createStore<Capture>({ open: false, quote: '', interactionId: '' })

/** The words that are selected in a message, if any. */
export function selectedWords(): string {
  const selection = window.getSelection()
  if (!selection || selection.isCollapsed) return ''
  return holder(selection) ? selection.toString().trim() : ''
}

function holder(selection: Selection): HTMLElement | null {
  const node = selection.anchorNode
  const element = node instanceof Element ? node : node?.parentElement
  return element?.closest<HTMLElement>('[data-words]') ?? null
}

/** Opens the line that takes a fact, with the selected words in it. */
export function captureFact(): void {
  const quote = selectedWords()
  const selection = window.getSelection()
  capture.set({
    open: true,
    quote,
    interactionId: quote && selection ? (holder(selection)?.dataset.interaction ?? '') : '',
  })
}
