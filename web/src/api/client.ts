/** One thing that was wrong with what was sent, and where. */
export interface FieldError {
  readonly message: string
  readonly location: string
}

interface Problem {
  readonly type?: string
  readonly title?: string
  readonly detail?: string
  readonly code?: string
  /** Names this failure in the server's log. */
  readonly instance?: string
  readonly errors?: readonly { message?: string; location?: string }[] | null
}

/**
 * Every failure of a call, whether the server refused it (RFC 9457 problem), could
 * not be reached, or answered something that is not JSON.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly fields: readonly FieldError[]
  /** The server's name for this request, to find it in the log. */
  readonly requestId: string
  /** What else the server said: what is newer, who has it. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor(status: number, problem: Problem) {
    const title = problem.title ?? 'Something went wrong'
    const detail = problem.detail ?? ''
    super(detail || title)
    this.status = status
    this.code = problem.code ?? codeOf(status)
    this.title = title
    this.detail = detail
    this.fields = (problem.errors ?? []).map((e) => ({ message: e.message ?? '', location: e.location ?? '' }))
    this.requestId = (problem.instance ?? '').replace(/^urn:request:/, '')
    this.extra = { ...problem }
  }

  /** True when the same call may well succeed a moment later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

function codeOf(status: number): string {
  switch (status) {
    case 0:
      return 'unreachable'
    case 401:
      return 'unauthorized'
    case 403:
      return 'forbidden'
    case 404:
      return 'not_found'
    case 409:
      return 'conflict'
    case 429:
      return 'busy'
    default:
      return status >= 500 ? 'internal' : 'invalid'
  }
}

/** Turns anything that was thrown into an ApiError; an abort stays what it is. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(0, { title: 'Unexpected error', detail: error instanceof Error ? error.message : String(error) })
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface CallOptions {
  readonly query?: Query
  readonly body?: unknown
  /** Sent as they are, in place of a body. */
  readonly bytes?: Blob
  readonly signal?: AbortSignal | undefined
}

/** The path with its query; empty and undefined values are left out. */
export function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) params.set(name, String(value))
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Called when the server says that the session has ended. */
let onSignedOut: () => void = () => {}
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

/** Asks a person to prove again who they are; false: they would not. */
let onStepUp: () => Promise<boolean> = () => Promise.resolve(false)
export function whenProofIsNeeded(handler: () => Promise<boolean>): void {
  onStepUp = handler
}

/**
 * Calls the API on the console's own origin. It resolves to the decoded answer
 * (undefined for 204) and rejects with ApiError, or AbortError when aborted.
 * What needs a fresh proof of who one is asks for it and is tried once more.
 */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await answered(method, path, options)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  if (text === '') return undefined as T
  try {
    return JSON.parse(text) as T
  } catch {
    throw new ApiError(response.status, { title: 'The answer could not be read', code: 'internal' })
  }
}

/** Reads a file, with the name that the server gives it; `fallback` when it gives none. */
export async function download(path: string, query: Query, fallback: string): Promise<File> {
  const response = await answered('GET', path, { query })
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1]
  const type = response.headers.get('Content-Type') ?? ''
  return new File([await response.blob()], name ?? fallback, { type })
}

async function answered(method: string, path: string, options: CallOptions): Promise<Response> {
  try {
    return await answeredOnce(method, path, options)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'step_up' || !(await onStepUp())) throw error
    return answeredOnce(method, path, options)
  }
}

async function answeredOnce(method: string, path: string, options: CallOptions): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { Accept: 'application/json' } }
  if (options.signal) init.signal = options.signal
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body)
    init.headers = { Accept: 'application/json', 'Content-Type': 'application/json' }
  }
  if (options.bytes) {
    init.body = options.bytes
    init.headers = { Accept: 'application/json', 'Content-Type': 'application/octet-stream' }
  }
  let response: Response
  try {
    response = await fetch(address(path, options.query), init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, {
      title: 'Rapport can’t be reached',
      detail: 'Nothing was changed. Check the connection and try again.',
    })
  }
  if (!response.ok) {
    if (response.status === 401) onSignedOut()
    throw new ApiError(response.status, await problemOf(response))
  }
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json()
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // A proxy's error page is no problem document; the status has to do.
  }
  return { title: response.statusText || `Error ${response.status}` }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  call<T>('GET', path, { ...(query ? { query } : {}), signal })
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, { body })
export const put = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('PUT', path, { body })
export const patch = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('PATCH', path, { body })
export const del = <T>(path: string, query?: Query): Promise<T> =>
  call<T>('DELETE', path, { ...(query ? { query } : {}) })
