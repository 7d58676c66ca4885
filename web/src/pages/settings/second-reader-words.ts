import { useTranslation } from 'react-i18next'

/** Says what is wrong with the endpoint, and what helps. */
export function useTrouble(): (code: string, detail: string) => string {
  const { t } = useTranslation()
  const words: Readonly<Record<string, string>> = {
    refused: t('This address is not reached from here: it is one that no endpoint has, or a public one without https.'),
    unreachable: t('Nothing answers at this address. Is the server running, and the port right?'),
    timeout: t('It did not answer in time.'),
    key: t('It refused the key.'),
    missing: t('There is no such path or model there.'),
    limited: t('It asks to wait: too many requests, or its own limit is used up.'),
    busy: t('It had an error of its own.'),
    rejected: t('It did not take the request.'),
    unusable: t('It answered, but not in a way that counts. Another model may do better.'),
    off: t('Transcription was switched off.'),
    spent: t('The budget of this month is used up.'),
  }
  return (code, detail) => [words[code] ?? code, detail ? `(${detail})` : ''].filter(Boolean).join(' ')
}
