// Writes .br and .gz beside every built text file. Neither format carries a time
// or a host, so equal input gives equal bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = new URL('../dist/', import.meta.url).pathname
const text = new Set(['.html', '.js', '.css', '.svg', '.txt', '.webmanifest'])
const BUDGET = 200_000

function* files(dir) {
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

const sizes = new Map()
for (const path of files(root)) {
  if (!text.has(extname(path))) continue
  const body = readFileSync(path)
  const gz = gzipSync(body, { level: 9 })
  // The operating system byte of the header (RFC 1952 2.3.1) is set to "unknown".
  gz[9] = 255
  sizes.set(path.slice(root.length), gz.length)
  if (body.length < 1024) continue
  writeFileSync(`${path}.gz`, gz)
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
  )
}

// First load: what index.html names.
const html = readFileSync(join(root, 'index.html'), 'utf8')
let first = 0
for (const [name, size] of sizes) if (name.endsWith('.js') && html.includes(name)) first += size
console.log(`first load: ${(first / 1000).toFixed(1)} kB of JavaScript, gzip -9 (budget ${BUDGET / 1000} kB)`)
if (first > BUDGET) {
  console.error('over the budget')
  process.exit(1)
}
