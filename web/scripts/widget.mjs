// Puts the widget's page, style and words beside its script, and keeps its promise of
// size: what a site embeds stays under 3 KB, all that one visitor loads under 12 KB.
// A visitor loads five files: the stub, the frame's page, its style and script, and
// the words of one language, of which the largest counts here.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const from = new URL('../widget/', import.meta.url).pathname
const to = new URL('../dist/', import.meta.url).pathname
const wrong = []
copyFileSync(`${from}frame.html`, `${to}widget/frame.html`)
// Line ends and indents are for people.
writeFileSync(`${to}widget/panel.css`, readFileSync(`${from}panel.css`, 'utf8').replace(/\n\s*/g, ''))
mkdirSync(`${to}widget/words`, { recursive: true })
const english = Object.keys(JSON.parse(readFileSync(`${from}words/en.json`, 'utf8'))).join()
const languages = readdirSync(`${from}words`).sort()
for (const f of languages) {
  const words = JSON.parse(readFileSync(`${from}words/${f}`, 'utf8'))
  if (Object.keys(words).join() !== english) wrong.push(`words/${f} has not the words of en.json in their order`)
  writeFileSync(`${to}widget/words/${f}`, JSON.stringify(words))
}
if (languages.length < 10) wrong.push('there are fewer than ten languages')
const size = (name) => gzipSync(readFileSync(to + name), { level: 9 }).length
const largest = languages.map((f) => `widget/words/${f}`).sort((a, b) => size(b) - size(a))[0]
const loads = ['widget.js', 'widget/frame.html', 'widget/panel.css', 'widget/panel.js', largest]
// A file that another one asks for would be loaded without being counted.
const strays = readdirSync(`${to}widget`).filter((f) => f.endsWith('.js') && f !== 'panel.js')
if (strays.length) wrong.push(`the build made more scripts: ${strays}`)
const all = loads.reduce((sum, f) => sum + size(f), 0)
console.log(
  `widget: one visitor loads ${all} of ${12 * 1024} bytes (gzip): ${loads.map((f) => `${f} ${size(f)}`).join(', ')}`,
)
if (size('widget.js') > 3 * 1024) wrong.push('the stub is above 3 KB')
if (all > 12 * 1024) wrong.push('what one visitor loads is above 12 KB')
for (const w of wrong) console.error(`widget: ${w}`)
if (wrong.length) process.exit(1)
