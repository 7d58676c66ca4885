// Collects the texts of the console and says which languages lack one or keep one that is gone.
//   node scripts/i18n.mjs            report; fails when a whole language is not whole
//   node scripts/i18n.mjs --keys     every text, one a line
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
export const WHOLE = ['de', 'es', 'pt']
const PART = ['fr', 'it', 'nl', 'pl', 'ar', 'ja']

function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return files(path)
    return /\.tsx?$/.test(name) && !/\.test\.|^schema\.ts$/.test(name) ? [path] : []
  })
}

// t('…'), say('…'), i18nKey="…"; the text may stand on the next line.
const CALL = /\b(?:t|say)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")|i18nKey="([^"]*)"/g

/** Every text in the source. */
export function texts() {
  const found = new Set()
  for (const file of files(src)) {
    for (const m of readFileSync(file, 'utf8').matchAll(CALL)) {
      found.add((m[1] ?? m[2] ?? m[3]).replace(/\\(.)/g, '$1'))
    }
  }
  return [...found].sort()
}

export const read = (language) => JSON.parse(readFileSync(join(src, 'i18n', `${language}.json`), 'utf8'))

/** The forms that a text needs in a language: one, or one for each plural category of counted things. */
export function forms(text, language) {
  if (!text.includes('{{count}}')) return [text]
  return new Intl.PluralRules(language).resolvedOptions().pluralCategories.map((c) => `${text}_${c}`)
}

const holes = (text) => [...text.matchAll(/\{\{\w+\}\}/g)].map((m) => m[0]).sort()

/** What is wrong with a language: texts that it lacks, that nobody says any more, or whose holes differ. */
export function check(language, all = texts()) {
  const words = read(language)
  const needed = new Set(all.flatMap((text) => forms(text, language)))
  const known = new Set([...needed, ...all])
  const lacks = [...needed].filter((key) => !words[key] && !words[key.replace(/_(?:zero|one|two|few|many|other)$/, '')])
  const stale = Object.keys(words).filter((key) => !known.has(key))
  const differs = Object.keys(words).filter((key) => {
    const text = key.replace(/_(?:zero|one|two|few|many|other)$/, '')
    const want = holes(known.has(key) && all.includes(key) ? key : text)
    const has = holes(words[key])
    // "One conversation" needs no number.
    return !has.every((h) => want.includes(h)) || !want.every((h) => has.includes(h) || h === '{{count}}')
  })
  return { lacks, stale, differs }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = texts()
  if (process.argv.includes('--keys')) console.log(all.join('\n'))
  else {
    let bad = false
    for (const language of [...WHOLE, ...PART]) {
      const { lacks, stale, differs } = check(language, all)
      console.log(
        `${language}: ${all.length} texts, ${lacks.length} lacking, ${stale.length} stale, ${differs.length} with other holes`,
      )
      if (!WHOLE.includes(language)) continue
      for (const [what, keys] of Object.entries({ lacks, stale, differs }))
        for (const key of keys) console.log(`  ${what}: ${key}`)
      bad ||= lacks.length + stale.length + differs.length > 0
    }
    if (bad) process.exit(1)
  }
}
