import { useTranslation } from 'react-i18next'

/** What a starter pack is called, and what is in it. */
export function usePackWords() {
  const { t } = useTranslation()
  const words: Readonly<Record<string, readonly [label: string, about: string]>> = {
    service: [t('General service'), t('Contracts, bills, appointments, complaints.')],
    retail: [t('Shops'), t('Orders, delivery, returns.')],
    banking: [t('Banking'), t('Cards, transfers, loans.')],
    telecom: [t('Telecom'), t('Lines, plans, roaming, faults.')],
    software: [t('Software'), t('Errors, licences, integrations.')],
  }
  return (name: string) => ({ label: words[name]?.[0] ?? name, about: words[name]?.[1] ?? '' })
}
