import { letterKeys } from '../lib/prefs'
import { isLetterKey, match, pressName } from './keys'
import { currentActions } from './registry'

const SEQUENCE_MS = 1200

function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')
}

/** Whether a dialog, menu or popover is in front and owns the keys. */
function overlayOpen(): boolean {
  return (
    document.querySelector(
      '[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu][data-state=open]',
    ) !== null
  )
}

/** Runs actions from key presses until the returned function is called. */
export function listenToKeys(): () => void {
  let pending = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const name = pressName(event)
    const modified = name.includes('mod+')
    if (!modified && (inTextField(event.target) || overlayOpen())) return
    if (modified && overlayOpen() && name !== 'mod+k') return
    if (isLetterKey(name) && !letterKeys.get()) return
    // Enter and space on a focused control belong to the control.
    if (
      name === 'enter' &&
      event.target instanceof HTMLElement &&
      event.target.closest('button, a, summary, [role=option]')
    )
      return
    const found = match(currentActions(), pending === '' ? name : `${pending} ${name}`)
    clearTimeout(timer)
    pending = ''
    if (found === undefined) return
    event.preventDefault()
    if (found === 'wait') {
      pending = name
      timer = setTimeout(() => {
        pending = ''
      }, SEQUENCE_MS)
      return
    }
    found.run()
  }
  window.addEventListener('keydown', onKey)
  return () => {
    clearTimeout(timer)
    window.removeEventListener('keydown', onKey)
  }
}
