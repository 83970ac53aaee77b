// Finds one "load more" control, marks it with the given attribute, and returns its text; null when there is none.
// Button-like elements only; never a submitter, never a link that leaves the page, never a word that changes things.
({ mark }) => {
  const asks = /^(?:\W*)(?:(?:load|show|see|view|get|fetch)\s+(?:\d+\s+)?(?:more|next|additional|older)\b.{0,30}|more(?:\s+(?!options|filters|actions|tools|settings|menu|languages?|ways|links|services|share)[\p{L}-]+){0,2}|next\s+\d+.{0,20}|mehr (?:anzeigen|laden)|weitere(?: \p{L}+)? (?:anzeigen|laden)|(?:voir|afficher|charger) plus.{0,20}|(?:ver|cargar|mostrar) más.{0,20}|(?:carica|mostra) altr[io].{0,20}|(?:meer laden|toon meer)|(?:visa|ladda) fler.{0,20})(?:\W*)$/iu;
  const never = /delete|remove|buy|order|pay|sign|log ?in|log ?out|subscribe|cart|checkout|unsubscribe|report|about|info|details|less/i;
  const candidates = document.querySelectorAll('button, [role="button"], a:not([href]), a[href="#"], a[href="javascript:void(0)"], a[href^="javascript:;"], input[type="button"]');
  const found = [];
  for (const element of candidates) {
    const text = (element.innerText || element.value || element.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ');
    if (!text || text.length > 60 || !asks.test(text) || never.test(text)) continue;
    if (element.disabled || element.getAttribute('aria-disabled') === 'true' || !element.checkVisibility()) continue;
    if (element.form && (element.type === 'submit' || element.type === 'image')) continue;
    if (element.getAttribute('aria-haspopup') && element.getAttribute('aria-haspopup') !== 'false') continue;
    found.push([element, text]);
  }
  document.querySelectorAll('[' + mark + ']').forEach((e) => e.removeAttribute(mark));
  if (!found.length) return null;
  // The lowest control belongs to the main list more often than one in a header or a side column.
  found.sort((a, b) => b[0].getBoundingClientRect().bottom - a[0].getBoundingClientRect().bottom);
  found[0][0].setAttribute(mark, '');
  return found[0][1];
}
