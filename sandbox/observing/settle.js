// Resolves when the document has not changed for `quiet` ms, or after `limit` ms. Returns whether it became quiet.
({ quiet, limit }) => new Promise((resolve) => {
  let timer = null;
  const target = document.documentElement || document;
  const finish = (still) => { observer.disconnect(); clearTimeout(timer); clearTimeout(end); resolve(still); };
  const arm = () => { clearTimeout(timer); timer = setTimeout(() => finish(true), quiet); };
  const observer = new MutationObserver((records) => {
    // Clocks and carousels change attributes for ever; only content counts.
    if (records.some((r) => r.type === 'childList')) arm();
  });
  const end = setTimeout(() => finish(false), limit);
  observer.observe(target, { childList: true, subtree: true });
  arm();
})
