import i18next from 'i18next'
import { locale } from '../i18n/languages'

/** The language in use, as Intl wants it. */
export const currentLocale = (): string => locale(i18next.language ?? 'en')

/** Makes something for the language in use; each language's is made once. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>()
  return () => {
    const name = currentLocale()
    let one = made.get(name)
    if (one === undefined) {
      one = make(name)
      made.set(name, one)
    }
    return one
  }
}
