import type { Message } from '../../../api/desk'

export type ComposerMode = 'reply' | 'note' | 'forward'

/** What the composer was opened for; a higher number asks for the focus again. */
export interface Wanted {
  readonly mode: ComposerMode
  readonly at: number
  readonly macros?: boolean
  /** The server's draft has changed under it: an answer was taken back. */
  readonly reload?: boolean
  /** What came in while the answer was written, as the server said it. */
  readonly newer?: readonly Message[]
}

export const REOPEN = 'rapport:reopen'
interface Back {
  readonly mode: ComposerMode
  readonly newer: readonly Message[]
}
const back = new Map<string, Back>()

/**
 * An answer was taken back or refused: its conversation opens with it, now or when
 * it comes to the front, and shows what came in meanwhile.
 */
export function takenBack(caseId: string, mode: ComposerMode, newer: readonly Message[] = []): void {
  back.set(caseId, { mode, newer })
  window.dispatchEvent(new CustomEvent(REOPEN, { detail: caseId }))
  setTimeout(() => back.delete(caseId), 3000)
}

/** What was taken back in a conversation, if anything was just now. */
export const wasTakenBack = (caseId: string): Back | undefined => back.get(caseId)
