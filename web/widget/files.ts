// Files that a visitor sends: what is refused at once, and how one is uploaded. Their
// bytes stay in memory: a page that closes takes what was not sent with it.
import type { Words } from './panel-words'

export interface Upload {
  readonly key: string
  readonly name: string
  readonly size: number
  readonly id?: string // once it is uploaded
}

const MAX = 10 << 20
export const MAX_FILES = 10
const PROGRAM = /\.(apk|app|bat|cmd|com|cpl|dll|dmg|exe|hta|iso|jar|jse?|lnk|msi|msp|pif|ps1|reg|scr|sh|vb[es]|wsf)$/i

/** Why a file is not taken, as the server would say it; empty: it is. */
export const reasonAgainst = ({ name, size }: File): string =>
  size === 0 ? 'empty' : size > MAX ? 'large' : PROGRAM.test(name) ? 'kind' : ''

export const reasonWords = (t: Words, reason: string, name: string): string =>
  (t[reason as keyof Words] ?? t.failed).replace('{name}', name)

export function fileSize(lang: string, bytes: number): string {
  const [unit, n] = bytes < 1000 ? ['byte', bytes] : bytes < 1e6 ? ['kilobyte', bytes / 1e3] : ['megabyte', bytes / 1e6]
  return new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: unit as string,
    maximumFractionDigits: Number(n) < 10 ? 1 : 0,
  }).format(Number(n))
}

/** Sends a file; part is how much of it went. Answers its id, or throws a reason: empty when the connection broke. */
export function upload(base: string, session: string, file: File, part: (p: number) => void): Promise<string> {
  return new Promise((done, refuse) => {
    // Not fetch: it does not tell how far it is.
    const request = new XMLHttpRequest()
    request.open('POST', `${base}/files?${new URLSearchParams({ name: file.name })}`)
    request.setRequestHeader('X-Rapport-Session', session)
    request.upload.onprogress = (e) => part(e.loaded / e.total)
    request.onerror = () => refuse('')
    request.onload = () => {
      try {
        const { id, reason } = JSON.parse(request.responseText)
        if (request.status === 200) done(id)
        else refuse(reason || (request.status === 422 ? 'failed' : ''))
      } catch {
        refuse('')
      }
    }
    request.send(file)
  })
}
