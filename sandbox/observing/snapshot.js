// Serialises the document as rendered: open shadow roots flattened, slots filled, script and style bodies dropped
// (JSON kept), each element with data-bx="x,y,width,height,visible,font px" in page coordinates.
({ maxNodes }) => {
  let left = maxNodes;
  const seen = new Set();
  const box = (element) => {
    const r = element.getBoundingClientRect();
    const visible = r.width > 0 && r.height > 0
      && element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false });
    const font = parseFloat(getComputedStyle(element).fontSize) || 0;
    const n = (v) => Math.round(v);
    return [n(r.x + scrollX), n(r.y + scrollY), n(r.width), n(r.height), visible ? 1 : 0, Math.round(font * 10) / 10].join(',');
  };
  const children = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    if (node.localName === 'slot') { const given = node.assignedNodes(); if (given.length) return given; }
    return node.childNodes;
  };
  const copy = (node) => {
    if (left-- <= 0 || seen.has(node)) return null;
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE) return null;
    seen.add(node);
    const clone = twin.importNode(node, false);
    const name = node.localName;
    clone.setAttribute('data-bx', box(node));
    if (name === 'input' && node.type !== 'password' && node.value) clone.setAttribute('value', node.value);
    if (name === 'script') {
      if (/json/i.test(node.type)) clone.textContent = node.textContent;
      return clone;
    }
    if (name === 'style' || name === 'template') return clone;
    for (const child of children(node)) { const c = copy(child); if (c) clone.appendChild(c); }
    return clone;
  };
  const twin = document.implementation.createHTMLDocument('');
  const root = document.documentElement ? copy(document.documentElement) : null;
  return {
    html: root ? '<!DOCTYPE html>' + root.outerHTML : '',
    text: document.body ? document.body.innerText : '',
    title: document.title,
    url: location.href,
    complete: left > 0,
  };
}
