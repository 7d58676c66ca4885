import type english from './words/en.json'

export type Words = Readonly<Record<keyof typeof english, string>>

const LANGUAGES = 'en de es pt fr it nl pl ar ja'

/** The words of a language, in English where we have none. One file each: a visitor loads theirs only. */
export async function wordsFor(lang: string): Promise<Words> {
  const short = lang.slice(0, 2).toLowerCase()
  for (let wait = 0; ; wait = 3000) {
    await new Promise((done) => setTimeout(done, wait))
    for (const name of LANGUAGES.includes(short) ? [short, 'en'] : ['en'])
      try {
        const response = await fetch(`/widget/words/${name}.json`)
        if (response.ok) return (await response.json()) as Words
      } catch {
        // No connection now: it is tried again.
      }
  }
}
