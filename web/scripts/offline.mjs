// Puts the page for times without a connection, its script and the service worker into
// dist. The cache of the worker is named after what is in it: another page, another cache.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const read = (name) => readFileSync(new URL(`../offline/${name}`, import.meta.url), 'utf8')
const write = (name, text) => writeFileSync(new URL(`../dist/${name}`, import.meta.url), text)

const words = JSON.parse(read('words.json'))
for (const [language, has] of Object.entries(words))
  if (Object.keys(has).join() !== Object.keys(words.en).join()) throw new Error(`offline/words.json: ${language}`)
// Line ends and indents are for people.
const page = read('page.html').replace(/\n\s*/g, '\n')
const script = read('page.js').replace('WORDS', () => JSON.stringify(words))
const worker = read('sw.js')
const build = createHash('sha256').update(page).update(script).update(worker).digest('hex').slice(0, 12)
write('offline.html', page)
write('offline.js', script)
write('sw.js', worker.replace('BUILD', build))
