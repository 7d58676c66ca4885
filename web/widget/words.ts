// The launcher's words are in the stub, the panel's in the frame.
const LAUNCHER: Readonly<Record<string, readonly [string, string, string]>> = {
  en: ['Open chat', 'Close chat', 'Chat'],
  de: ['Chat öffnen', 'Chat schließen', 'Chat'],
  es: ['Abrir el chat', 'Cerrar el chat', 'Chat'],
  pt: ['Abrir o chat', 'Fechar o chat', 'Chat'],
  fr: ['Ouvrir le chat', 'Fermer le chat', 'Chat'],
  it: ['Apri la chat', 'Chiudi la chat', 'Chat'],
  nl: ['Chat openen', 'Chat sluiten', 'Chat'],
  pl: ['Otwórz czat', 'Zamknij czat', 'Czat'],
  ar: ['فتح الدردشة', 'إغلاق الدردشة', 'دردشة'],
  ja: ['チャットを開く', 'チャットを閉じる', 'チャット'],
}

export function launcher(lang: string): { open: string; close: string; title: string } {
  const [open, close, title] = LAUNCHER[lang.slice(0, 2)] ?? LAUNCHER.en ?? ['', '', '']
  return { open, close, title }
}
