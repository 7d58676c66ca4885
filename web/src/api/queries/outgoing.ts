import { del, get, post, put } from '../client'
import type { Case, Draft, DraftContent, FileRef, Outgoing, Reply } from '../desk'

export interface Queued {
  readonly outbox: Outgoing
  readonly case: Case
}

export const sendReply = (caseId: string, reply: Reply): Promise<Queued> =>
  post<Queued>(`/v1/cases/${caseId}/reply`, reply)

/** Takes a message back before it leaves; its content is the draft again. */
export const cancelSend = (outboxId: string): Promise<{ readonly draft?: Draft }> =>
  post(`/v1/outgoing/${outboxId}/cancel`)
export const sendNow = (outboxId: string): Promise<unknown> => post(`/v1/outgoing/${outboxId}/send-now`)
/** A person says what became of a message that nobody knows the fate of. */
export const settleSend = (outboxId: string, arrived: boolean): Promise<unknown> =>
  post(`/v1/outgoing/${outboxId}/settle`, { arrived })

export type DraftKind = 'reply' | 'note'
const path = (caseId: string, kind: DraftKind): string => `/v1/cases/${caseId}/draft?kind=${kind}`

export const readDraft = (caseId: string, kind: DraftKind): Promise<Draft | undefined> =>
  get<Draft | undefined>(path(caseId, kind))
export const writeDraft = (caseId: string, kind: DraftKind, content: DraftContent, version: number): Promise<Draft> =>
  put<Draft>(path(caseId, kind), { content, version })
export const dropDraft = (caseId: string, kind: DraftKind): Promise<void> => del(path(caseId, kind))

export const MAX_FILE = 25 * 1024 * 1024

/** Uploads a file and says how far it got, 0…1. */
export function upload(file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<FileRef> {
  return new Promise((resolve, reject) => {
    // fetch can't say how much of a body has gone.
    const request = new XMLHttpRequest()
    request.open('POST', '/v1/files')
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = (e) => onProgress(e.lengthComputable ? e.loaded / e.total : 0)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as FileRef)
      else reject(new Error(reason(request.responseText)))
    }
    request.onerror = () => reject(new Error('The connection was lost.'))
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}

function reason(text: string): string {
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail)
  } catch {
    // A proxy's page; the general words have to do.
  }
  return 'The server did not take it.'
}
