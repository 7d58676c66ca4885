import { t } from 'i18next'
import { toast } from 'sonner'
import { asApiError } from '../api/client'

const UNDO_MS = 10_000
let last: { readonly undo: () => void; readonly until: number } | undefined

/** Says what was done and offers to take it back for ten seconds. */
export function done(message: string, undo?: () => Promise<unknown>): string | number {
  if (!undo) return toast(message)
  const run = () => {
    last = undefined
    // A toast gives the focus back when it loses it: now, and not when something else was clicked meanwhile.
    const focused = document.activeElement
    if (focused instanceof HTMLElement && focused.closest('[data-sonner-toaster]')) focused.blur()
    toast.dismiss(id)
    undo().then(
      () => toast(t('Undone')),
      (error: unknown) => failed(t('Could not be undone'), error),
    )
  }
  last = { undo: run, until: Date.now() + UNDO_MS }
  const id = toast(message, { duration: UNDO_MS, action: { label: t('Undo'), onClick: run } })
  return id
}

/** Takes the last thing back, if it was done within ten seconds. */
export function undoLast(): void {
  if (last && Date.now() < last.until) last.undo()
  else toast(t('Nothing to undo'))
}

export function failed(what: string, error: unknown): void {
  const problem = asApiError(error)
  toast.error(what, { description: problem.detail || problem.title })
}

/** Does something and reports a failure, so that no promise is left alone. */
export function attempt(what: string, work: () => Promise<unknown>): void {
  work().catch((error: unknown) => failed(what, error))
}
