/** The one-time token after "#t=", taken out of the address so that it stays in no history. */
export function fragmentToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('t') ?? ''
  if (token !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
