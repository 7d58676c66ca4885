import { say } from '../i18n/mark'

export interface Strength {
  /** 0…4 */
  readonly score: number
  /** A key of the translations. */
  readonly hint: string
}

/** The server's rule; the hint below is advice on top of it. */
export const MIN_PASSWORD = 8

const COMMON = ['password', 'passwort', 'welcome', 'qwerty', 'letmein', '123456', 'rapport', 'admin']

/** A rough strength: length counts most, and what is easily guessed takes away. */
export function strength(password: string, guessable: readonly string[] = []): Strength {
  if (password.length < MIN_PASSWORD) {
    return {
      score: password === '' ? 0 : 1,
      hint: say('At least 8 characters. Four random words are easy to remember.'),
    }
  }
  const low = password.toLowerCase()
  const weak = [...COMMON, ...guessable.map((g) => g.toLowerCase()).filter((g) => g.length > 3)].some((w) =>
    low.includes(w),
  )
  if (weak) return { score: 1, hint: say('It contains something that is easily guessed.') }
  const distinct = new Set(low).size
  if (distinct < 6) return { score: 1, hint: say('It repeats the same few characters.') }
  if (password.length >= 20) return { score: 4, hint: say('Very strong.') }
  if (password.length >= 15) return { score: 3, hint: say('Strong.') }
  return { score: 2, hint: say('Accepted. 15 characters or more are better.') }
}
