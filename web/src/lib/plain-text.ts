/** The words of a piece of HTML, for showing and searching; never for putting back into a page. */
export function plainText(html: string): string {
  if (!/[<&]/.test(html)) return html
  // A parsed document runs and loads nothing.
  const doc = new DOMParser().parseFromString(html.replace(/<(br|\/p|\/div|\/li)\b[^>]*>/gi, '$&\n'), 'text/html')
  return (doc.body.textContent ?? '').replace(/\n{3,}/g, '\n\n').trim()
}
