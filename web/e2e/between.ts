import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** The server behind an address of its own, where a test changes what comes through. */
export interface Between {
  readonly url: string
  /** The paths that were asked for. */
  readonly asked: readonly string[]
  /** Changes a body, by its path. */
  readonly change: Map<string, (body: string) => string>
  /** From now on no file is there that was not asked for before, as after an update. */
  readonly forget: () => void
  readonly cut: () => Promise<void>
  readonly join: () => Promise<void>
}

export async function between(base: string): Promise<Between> {
  const asked: string[] = []
  const change = new Map<string, (body: string) => string>()
  const sockets = new Set<Socket>()
  let known: ReadonlySet<string> | undefined
  const pass = (path: string, from: NodeJS.ReadableStream, to: ServerResponse) => {
    const edit = change.get(path)
    if (!edit) return void from.pipe(to)
    const parts: Buffer[] = []
    from.on('data', (part: Buffer) => parts.push(part))
    from.on('end', () => to.end(edit(Buffer.concat(parts).toString('utf8'))))
  }
  const server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?')[0] ?? '/'
    if (known && path.startsWith('/assets/') && !known.has(path)) {
      res.writeHead(404).end()
      return
    }
    asked.push(path)
    const { 'accept-encoding': _, 'if-none-match': __, ...headers } = req.headers
    const up = request(`${base}${req.url}`, {
      method: req.method ?? 'GET',
      headers: { ...headers, host: new URL(base).host },
    })
    up.on('response', (answer) => {
      const { 'content-length': _, etag: __, ...rest } = answer.headers
      res.writeHead(answer.statusCode ?? 502, rest)
      pass(path, answer, res)
    })
    up.on('error', () => res.destroy())
    req.pipe(up)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    change,
    forget: () => {
      known = new Set(asked)
    },
    cut: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of sockets) socket.destroy()
      }),
    join: () => listen(port),
  }
}
